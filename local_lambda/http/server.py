"""HTTP/1.1: h11 parses and frames (RFC 9112), bytes go out as they are written.

Every connection is a task of its own. A handler gets one `Exchange` at a time. It may respond before it has
read the body, write in pieces, or cut the connection so that the client sees an incomplete response.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from http import HTTPStatus
from typing import Any

import h11

from local_lambda.http.connection import Connection
from local_lambda.http.message import BODYLESS_STATUSES, Headers, HttpRequest

_HEAD_BYTES = 64 * 1024
# How long a client may go on sending a request whose response is out already (a reset would take the response
# away from it).
_LINGER_SECONDS = 2.0


class RequestTruncated(Exception):
    """The client closed the connection, or broke the framing, before the end of the body."""


class Exchange:
    """One request and its response."""

    def __init__(self, connection: Connection, http: h11.Connection, request: HttpRequest) -> None:
        self.request = request
        self.trailers: Headers = []
        self._connection = connection
        self._http = http
        self._bodyless = request.method == "HEAD"
        self._needs_data = False

    async def read(self) -> bytes:
        """Return the next bytes of the body, all that have come in one piece; b"" at its end."""
        if self._http.their_state is h11.ERROR:
            raise RequestTruncated("the request was broken off")
        pieces: list[bytes] = []
        while self._http.their_state is h11.SEND_BODY:
            try:
                event = h11.NEED_DATA if self._needs_data else self._http.next_event()
            except h11.RemoteProtocolError as error:
                if pieces:
                    break  # they count; the next call raises
                raise RequestTruncated(str(error)) from error
            if isinstance(event, h11.Data):
                pieces.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                self.trailers = _text_headers(event.headers)
            elif pieces:
                self._needs_data = True  # to ask h11 again would cost as much as a line
                break
            else:
                await self._receive()
                self._needs_data = False
        return b"".join(pieces)

    async def _receive(self) -> None:
        if self._http.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[]))
        try:
            self._http.receive_data(await self._connection.read())
        except OSError as error:
            raise RequestTruncated(str(error)) from error

    def invoked(self, request_id: str) -> None:
        """Note that the request has become this invocation, whatever comes of it."""

    def start(self, status: int, headers: Headers) -> None:
        """Send the head. Without a Content-Length the body is chunked, for HTTP/1.0 it ends by closing."""
        self._bodyless = self._bodyless or status in BODYLESS_STATUSES
        self._send(_response(status, headers))

    async def write(self, data: bytes) -> None:
        """Send some of the body; wait while the client is slower. Raises OSError when it has left."""
        if data and not self._bodyless:
            self.push(data)
            await self._connection.drain()

    def push(self, data: bytes) -> None:
        """Send a little of the body now, without waiting."""
        self._send(h11.Data(data=data))

    def finish(self) -> None:
        """Tell the client that the response is complete."""
        self._send(h11.EndOfMessage())

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a whole response in one piece; the headers include its Content-Length."""
        self._bodyless = self._bodyless or status in BODYLESS_STATUSES
        data = b"" if self._bodyless else body
        self._send(_response(status, headers), h11.Data(data=data), h11.EndOfMessage())

    def cut(self) -> None:
        """Close without the end of the body: what was written arrives, and is seen to be incomplete."""
        if self._http.their_http_version == b"1.0":
            # A body that ends with the connection looks complete after a FIN; only a reset shows that it
            # is not.
            linger = struct.pack("ii", 1, 0)
            self._connection.extra("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._http.send_failed()
        self._connection.close()

    def _send(self, *events: h11.Event) -> None:
        self._connection.write(b"".join(self._http.send(event) or b"" for event in events))


Handler = Callable[[Exchange], Awaitable[None]]


class HttpServer:
    """Listens on a loopback port and gives each request to the handler."""

    def __init__(self, handler: Handler, head_bytes: int = _HEAD_BYTES) -> None:
        self._handler = handler
        self._head_bytes = head_bytes
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, port: int, host: str = "127.0.0.1") -> int:
        """Start at a port, 0 for any free one; return the port. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self._accept), host, port, backlog=1024)
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
        http = h11.Connection(h11.SERVER, max_incomplete_event_size=self._head_bytes)
        try:
            while (request := await _next_request(connection, http)) is not None:
                await self._handler(Exchange(connection, http, request))
                await connection.drain()
                if not await _ready_for_next(connection, http):
                    break
        except (OSError, RequestTruncated):
            pass  # the peer has left
        except h11.RemoteProtocolError as error:
            await _reject(connection, http, error)
        finally:
            connection.close()


async def _next_request(connection: Connection, http: h11.Connection) -> HttpRequest | None:
    while (event := http.next_event()) is h11.NEED_DATA:
        http.receive_data(await connection.read())
    if not isinstance(event, h11.Request):
        return None
    return HttpRequest(
        event.method.decode("latin-1"),
        event.target.decode("latin-1"),
        _text_headers(event.headers),
        (connection.extra("peername") or ("127.0.0.1",))[0],  # none when it has left already
        connection.extra("sockname")[1],
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()],
    )


async def _ready_for_next(connection: Connection, http: h11.Connection) -> bool:
    # Only h11 knows what of the body has come already, or that there is none.
    while http.their_state is h11.SEND_BODY and http.next_event() is not h11.NEED_DATA:
        pass
    if http.our_state is h11.DONE and http.their_state is h11.DONE:
        http.start_next_cycle()
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
        return
    status = error.error_status_hint
    body = f'{{"message":"{_reason(status).decode()}"}}'.encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    with contextlib.suppress(OSError):
        for event in (_response(status, headers), h11.Data(data=body), h11.EndOfMessage()):
            connection.write(http.send(event) or b"")
        await _linger(connection)


def _text_headers(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return [(name.decode("latin-1").lower(), _text(value)) for name, value in headers]


def _text(value: bytes) -> str:
    """Return a header's text: UTF-8, as AWS's front ends were seen to read it, or else Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _response(status: int, headers: Headers) -> h11.Response:
    encoded = [(name.encode(), value.encode(errors="replace")) for name, value in headers]
    return h11.Response(status_code=status, headers=encoded, reason=_reason(status))


def _reason(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""
