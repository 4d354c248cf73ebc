"""One request and its response: h11 parses and frames (RFC 9112), bytes go out as they are written.

A handler may respond before it has read the body, write in pieces, or cut the connection so that the client
sees an incomplete response.
"""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus

import h11

from local_lambda.http.chunks import whole_chunks
from local_lambda.http.connection import Connection
from local_lambda.http.message import BODYLESS_STATUSES, Headers, HttpRequest
from local_lambda.http.request_reader import check_incomplete, has_come, text_headers

# How h11 writes it, where it frames a body so.
_CHUNKED = b"\r\nTransfer-Encoding: chunked\r\n"


class RequestTruncated(Exception):
    """The client closed the connection, or broke the framing, before the end of the body.

    Its cause is an h11.RemoteProtocolError when the client may still read a response.
    """


class Exchange:
    """One request and its response."""

    def __init__(
        self, connection: Connection, http: h11.Connection, request: HttpRequest, *, last: bool = False
    ) -> None:
        """``last`` is whether the connection closes after it."""
        self.request = request
        self.trailers: Headers = []
        self._connection = connection
        self._http = http
        self._last = last
        self._bodyless = request.method == "HEAD"
        self._needs_data = False
        self._chunks = request.header("transfer-encoding") is not None
        self._fresh = self._chunks
        self._between_chunks = False
        self._chunked = False
        self._held = b""
        self._broken: h11.RemoteProtocolError | None = None

    async def read(self) -> bytes:
        """Return the next bytes of the body, all that have come in one piece; b"" at its end."""
        pieces: list[bytes] = []
        while self._http.their_state is h11.SEND_BODY and self._broken is None:
            try:
                event = h11.NEED_DATA if self._needs_data else self._http.next_event()
                if event is h11.NEED_DATA and not pieces and not self._between_chunks:
                    check_incomplete(self._http)
            except h11.RemoteProtocolError as error:
                self._broken = error  # what has come before counts; then the next call raises
                break
            if isinstance(event, h11.Data):
                pieces.append(bytes(event.data))
                self._note_end_of(event)
            elif isinstance(event, h11.EndOfMessage):
                self.trailers = text_headers(event.headers)
            elif pieces:
                self._needs_data = True  # to ask h11 again would cost as much as a line
                break
            else:
                pieces = await self._receive()
        if self._broken is not None and not pieces:
            raise RequestTruncated(str(self._broken)) from self._broken
        return b"".join(pieces)

    def _note_end_of(self, event: h11.Data) -> None:
        """Note where h11 has no more than this chunk, the first since it was given anything."""
        if self._fresh and event.chunk_end and self._http.trailing_data[0] == b"\r\n":
            self._between_chunks = self._needs_data = True
        self._fresh = False

    async def _receive(self) -> list[bytes]:
        """Give h11 what comes next, but for whole chunks where it is between two; return these."""
        if self._http.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[]))
        try:
            data = await self._connection.read()
        except OSError as error:
            raise RequestTruncated(str(error)) from error
        found: list[bytes] = []
        if self._between_chunks:
            found, data = whole_chunks(data)
        if data or not found:
            self._http.receive_data(data)
            self._between_chunks, self._fresh, self._needs_data = False, self._chunks, False
        return found

    @contextlib.contextmanager
    def when_left(self, callback: Callable[[], None]) -> Iterator[None]:
        """Call back when the client closes the connection, while there is nothing to be read from it."""
        self._connection.when_left = callback
        try:
            yield
        finally:
            self._connection.when_left = None

    def invoked(self, request_id: str) -> None:
        """Note that the request has become this invocation, whatever comes of it."""

    def start(self, status: int, headers: Headers, *, more: bool = False) -> None:
        """Send the head. Without a Content-Length the body is chunked, for HTTP/1.0 it ends by closing.

        With ``more`` some of the body follows before anything else is done: both are sent together.
        """
        self._bodyless = self._bodyless or status in BODYLESS_STATUSES
        head = self._http.send(self._head(status, headers)) or b""
        self._chunked = _CHUNKED in head
        if more and not self._bodyless:
            self._held = head
        else:
            self._connection.write(head)

    async def write(self, data: bytes) -> None:
        """Send some of the body; wait while the client is slower. Raises OSError when it has left."""
        if data and not self._bodyless:
            self.push(data)
            await self._connection.drain()

    def push(self, data: bytes) -> None:
        """Send a little of the body now, without waiting."""
        if self._chunked and data:
            # What h11 would make of it, which costs more than to send it.
            self._connection.write(b"%b%x\r\n%b\r\n" % (self._held, len(data), data))
            self._held = b""
        else:
            self._send(h11.Data(data=data))

    def finish(self) -> None:
        """Tell the client that the response is complete."""
        self._send(h11.EndOfMessage())

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a whole response in one piece; the headers include its Content-Length.

        The connection closes after it where the request has not come to its end; the client is told so.
        """
        self._last = self._last or not has_come(self._http)
        self._bodyless = self._bodyless or status in BODYLESS_STATUSES
        data = b"" if self._bodyless else body
        self._send(self._head(status, headers), h11.Data(data=data), h11.EndOfMessage())

    def cut(self) -> None:
        """Close without the end of the body: what was written arrives, and is seen to be incomplete."""
        if self._http.their_http_version == b"1.0":
            # A body that ends with the connection looks complete after a FIN; only a reset shows that it
            # is not.
            self._connection.reset_on_close()
        self._http.send_failed()
        self._connection.close()

    def _head(self, status: int, headers: Headers) -> h11.Response:
        if self._last:
            kept = [(name, value) for name, value in headers if name.lower() != "connection"]
            headers = [*kept, ("Connection", "close")]
        return response_head(status, headers)

    def _send(self, *events: h11.Event) -> None:
        data = [self._held, *(self._http.send(event) or b"" for event in events)]
        self._held = b""
        self._connection.write(b"".join(data))


Handler = Callable[[Exchange], Awaitable[None]]


def response_head(status: int, headers: Headers) -> h11.Response:
    """Return the head of a response, as h11 takes it."""
    encoded = [(name.encode(), value.encode(errors="replace")) for name, value in headers]
    return h11.Response(status_code=status, headers=encoded, reason=reason(status))


def reason(status: int) -> bytes:
    """Return the reason phrase of a status; b"" for one that has none."""
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""
