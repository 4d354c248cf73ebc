"""HTTP/1.1: h11 parses and frames (RFC 9112), bytes go out as they are written.

Every connection is a task of its own. A handler gets one `Exchange` at a time. It may respond before it has
read the body, write in pieces, or cut the connection so that the client sees an incomplete response.
"""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from http import HTTPStatus
from typing import Any

import h11

from local_lambda.http.chunks import whole_chunks
from local_lambda.http.connection import Connection
from local_lambda.http.message import BODYLESS_STATUSES, Headers, HttpRequest
from local_lambda.http.request_head import explanation
from local_lambda.http.request_reader import check_incomplete, first_line, read_head, text_headers

_HEAD_BYTES = 64 * 1024
# Connections that wait to be accepted.
_BACKLOG = 1024
# How long a client may go on sending a request whose response is out already (a reset would take the response
# away from it).
_LINGER_SECONDS = 2.0
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
        """Send a whole response in one piece; the headers include its Content-Length."""
        self._bodyless = self._bodyless or status in BODYLESS_STATUSES
        data = b"" if self._bodyless else body
        self._send(self._head(status, headers), h11.Data(data=data), h11.EndOfMessage())

    def cut(self) -> None:
        """Close without the end of the body: what was written arrives, and is seen to be incomplete."""
        if self._http.their_http_version == b"1.0":
            # A body that ends with the connection looks complete after a FIN; only a reset shows that it
            # is not.
            linger = struct.pack("ii", 1, 0)
            self._connection.extra("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._http.send_failed()
        self._connection.close()

    def _head(self, status: int, headers: Headers) -> h11.Response:
        if self._last:
            kept = [(name, value) for name, value in headers if name.lower() != "connection"]
            headers = [*kept, ("Connection", "close")]
        return _response(status, headers)

    def _send(self, *events: h11.Event) -> None:
        data = [self._held, *(self._http.send(event) or b"" for event in events)]
        self._held = b""
        self._connection.write(b"".join(data))


Handler = Callable[[Exchange], Awaitable[None]]
Address = tuple[str, int]
Refusal = Callable[[Address, Address], str | None]
"""Returns why a client at the first address may not use a server at the second."""


class HttpServer:
    """Listens on a loopback port and gives each request to the handler."""

    def __init__(
        self,
        handler: Handler,
        head_bytes: int = _HEAD_BYTES,
        refusal: Refusal = lambda _client, _server: None,
    ) -> None:
        self._handler = handler
        self._refusal = refusal
        self._head_bytes = head_bytes
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, port: int, host: str = "127.0.0.1") -> int:
        """Start at a port, 0 for any free one; return the port. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        # asyncio accepts as many at once as wait, and where there are no descriptors left complains as often:
        # one at a time, it complains once a second.
        self._server = await loop.create_server(lambda: Connection(self._accept), host, port, backlog=1)
        for listening in self._server.sockets:
            with listening.dup() as duplicate:
                duplicate.listen(_BACKLOG)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        await self.drop_connections()

    async def drop_connections(self) -> None:
        """Drop every connection, and go on listening."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, connection: Connection) -> None:
        self._spawn(self._serve(connection))

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        # Not a TaskGroup: an internal error on one connection must not end the others.
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            context = {"message": "Internal error in local_lambda; connection closed", "exception": error}
            task.get_loop().call_exception_handler(context)

    async def _serve(self, connection: Connection) -> None:
        http, left = self._parser(), b""
        try:
            self._check_client(connection)
            while (begins := await first_line(connection, left, self._head_bytes)) is not None:
                request, last = await read_head(connection, http, begins, self._head_bytes)
                await self._handler(Exchange(connection, http, request, last=last))
                await connection.drain()
                if not await _ready_for_next(connection, http):
                    break
                left, _ = http.trailing_data
                http = self._parser()
        except (OSError, RequestTruncated) as error:
            if isinstance(error.__cause__, h11.RemoteProtocolError):
                await _reject(connection, http, error.__cause__)
        except h11.RemoteProtocolError as error:
            await _reject(connection, http, error)
        finally:
            connection.close()

    def _check_client(self, connection: Connection) -> None:
        client = connection.extra("peername")
        refusal = self._refusal(client[:2], connection.extra("sockname")[:2]) if client else None
        if refusal is not None:
            raise h11.RemoteProtocolError(refusal, 403)

    def _parser(self) -> h11.Connection:
        return h11.Connection(h11.SERVER, max_incomplete_event_size=self._head_bytes)


async def _ready_for_next(connection: Connection, http: h11.Connection) -> bool:
    # Only h11 knows what of the body has come already, or that there is none.
    while http.their_state is h11.SEND_BODY and http.next_event() is not h11.NEED_DATA:
        pass
    if http.our_state is h11.DONE and http.their_state is h11.DONE:
        return True
    if http.their_state is h11.SEND_BODY and http.our_state is not h11.ERROR:
        await _linger(connection)
    return False


async def _linger(connection: Connection) -> None:
    connection.write_eof()
    with contextlib.suppress(OSError):  # TimeoutError is one
        async with asyncio.timeout(_LINGER_SECONDS):
            while await connection.read():
                pass


async def _reject(
    connection: Connection,
    http: h11.Connection,
    error: h11.RemoteProtocolError,
) -> None:
    if http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
        if http.our_state in (h11.DONE, h11.MUST_CLOSE):
            await _linger(connection)  # the response is out
        return
    status = error.error_status_hint
    message = f"{_reason(status).decode()}: {explanation(error)}"
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    with contextlib.suppress(OSError):
        for event in (_response(status, headers), h11.Data(data=body), h11.EndOfMessage()):
            connection.write(http.send(event) or b"")
        await _linger(connection)


def _response(status: int, headers: Headers) -> h11.Response:
    encoded = [(name.encode(), value.encode(errors="replace")) for name, value in headers]
    return h11.Response(status_code=status, headers=encoded, reason=_reason(status))


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""
