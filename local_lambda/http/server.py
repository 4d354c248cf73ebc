"""An HTTP/1.1 server: every connection is a task of its own, and a handler gets one `Exchange` at a time."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from typing import Any

import h11

from local_lambda.http.connection import Connection
from local_lambda.http.exchange import Exchange, Handler, RequestTruncated, reason, response_head
from local_lambda.http.request_head import explanation
from local_lambda.http.request_reader import first_line, has_come, read_head

_HEAD_BYTES = 64 * 1024
# Connections that wait to be accepted.
_BACKLOG = 1024
# How long a client may go on sending a request whose response is out already (a reset would take the response
# away from it).
_LINGER_SECONDS = 2.0

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
    if not has_come(http) and http.our_state is not h11.ERROR:
        await _linger(connection)
    return http.our_state is h11.DONE and http.their_state is h11.DONE


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
    message = f"{reason(status).decode()}: {explanation(error)}"
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    with contextlib.suppress(OSError):
        for event in (response_head(status, headers), h11.Data(data=body), h11.EndOfMessage()):
            connection.write(http.send(event) or b"")
        await _linger(connection)
