"""A Runtime API for tests: hands out invocations and records, with h11, all that a runtime sends."""

from __future__ import annotations

import contextlib
import json
import queue
import select
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import h11

_PREFIX = "/2018-06-01/runtime"
_OK = '{"status":"OK"}\n'


@dataclass
class Exchange:
    """One request of the runtime: its head, the pieces of its body with their times, its trailers."""

    method: str
    path: str
    headers: dict[str, str]
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    trailers: dict[str, str] = field(default_factory=dict)
    complete: bool = False
    early: bool = False  # whether the runtime sent more while the answer was held back
    _progress: threading.Condition = field(default_factory=threading.Condition)

    @property
    def body(self) -> bytes:
        return b"".join(data for _, data in self.pieces)

    def add(self, data: bytes) -> None:
        with self._progress:
            self.pieces.append((time.monotonic(), data))
            self._progress.notify_all()

    def wait_for(self, size: int, timeout: float = 60) -> bytes:
        """Return the body so far, once it has ``size`` bytes."""
        with self._progress:
            assert self._progress.wait_for(lambda: len(self.body) >= size, timeout), self.body
            return self.body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def streamed(self) -> tuple[dict[str, Any], bytes]:
        """Prelude and body of a response of the http-integration content type."""
        assert self.headers["content-type"] == "application/vnd.awslambda.http-integration-response"
        prelude, separator, body = self.body.partition(b"\0" * 8)
        assert separator == b"\0" * 8
        return json.loads(prelude), body


@dataclass
class Invocation:
    """What /next answers."""

    body: bytes = b"{}"
    headers: Mapping[str, str | None] = field(default_factory=dict)  # None: left out
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    chunked: bool = False  # send the event chunked, as RAPID does with large ones
    answer: tuple[int, str] = (202, _OK)
    hold: float = 0  # seconds to hold the answer to the response back
    close_after: int | None = None  # cut the connection after so many bytes of the response
    pause_after: int | None = None  # read no more of the response after so many bytes, until resumed
    resume: threading.Event = field(default_factory=threading.Event)
    connection_close: bool = False  # close the connection after the answer to the response, and say so
    next_answer: tuple[int, str] | None = None  # answer /next with this instead of the invocation


class RuntimeApiServer:
    """Serve one runtime: any number of connections, each in a thread, so that it may have N workers.

    A path in ``statuses`` is answered with that status. ``before_answer`` is called with each request once it
    has been read, in the thread of its connection: what it waits for, the answer waits for.
    """

    def __init__(
        self,
        statuses: Mapping[str, int] | None = None,
        before_answer: Callable[[Exchange], object] = lambda _: None,
    ) -> None:
        self._statuses = statuses or {}
        self._before_answer = before_answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._invocations: queue.Queue[Invocation | None] = queue.Queue()
        self.exchanges: queue.Queue[Exchange] = queue.Queue()
        self._started: queue.Queue[Exchange] = queue.Queue()
        self._handed_out: dict[str, Invocation] = {}
        self.order: list[str] = []
        self._order_grew = threading.Condition()
        self.connections = 0
        self._sockets: list[socket.socket] = []
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def invoke(self, event: Any = None, **settings: Any) -> Invocation:
        """Queue an invocation for the next /next."""
        body = event if isinstance(event, bytes) else json.dumps(event or {}).encode()
        invocation = Invocation(body, **settings)
        self._invocations.put(invocation)
        return invocation

    def answer(self, timeout: float = 60) -> Exchange:
        """Return the runtime's next POST, once it has ended."""
        return self.exchanges.get(timeout=timeout)

    def started(self, timeout: float = 60) -> Exchange:
        """Return the next POST that began and was not returned here before; its body may be on its way."""
        return self._started.get(timeout=timeout)

    def wait_for_next(self, count: int, timeout: float = 60) -> None:
        """Wait until the runtime has asked for its ``count``-th invocation."""
        with self._order_grew:
            assert self._order_grew.wait_for(lambda: self.order.count("GET next") >= count, timeout), (
                self.order
            )

    def close(self) -> None:
        """Cut all connections and refuse new ones: shut down first, which also wakes threads that wait."""
        self._closed = True  # for a connection that is accepted meanwhile
        for endpoint in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                endpoint.shutdown(socket.SHUT_RDWR)
            endpoint.close()
        self._invocations.put(None)

    def __enter__(self) -> RuntimeApiServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(connection)
            if self._closed:
                connection.close()
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 22)
        try:
            while self._one(connection, protocol):
                protocol.start_next_cycle()
        except (OSError, h11.RemoteProtocolError):
            pass
        finally:
            connection.close()

    def _next_event(self, connection: socket.socket, protocol: h11.Connection) -> Any:
        while (event := protocol.next_event()) is h11.NEED_DATA:
            protocol.receive_data(connection.recv(65536))
        return event

    def _one(self, connection: socket.socket, protocol: h11.Connection) -> bool:
        request = self._next_event(connection, protocol)
        if not isinstance(request, h11.Request):
            return False
        exchange = Exchange(
            request.method.decode(),
            request.target.decode().removeprefix(_PREFIX),
            {name.decode().lower(): value.decode("latin-1") for name, value in request.headers},
        )
        with self._order_grew:
            self.order.append(f"{exchange.method} {exchange.path.rpartition('/')[2]}")
            self._order_grew.notify_all()
        if exchange.method == "POST":
            self._started.put(exchange)
        request_id = exchange.path.split("/")[2]
        invocation = self._handed_out.get(request_id) if exchange.method == "POST" else None
        try:
            self._read_body(connection, protocol, exchange, invocation or Invocation())
        finally:
            if exchange.method == "POST":
                self.exchanges.put(exchange)
        if not exchange.complete:
            return False
        self._before_answer(exchange)
        if exchange.path in self._statuses:
            self._send(connection, protocol, self._statuses[exchange.path], _OK, {})
            return True
        if exchange.path == "/invocation/next":
            return self._hand_out(connection, protocol)
        if exchange.method == "GET":  # /restore/next
            self._send(connection, protocol, 200, _OK, {})
            return True
        if invocation is not None and invocation.hold:
            exchange.early = bool(select.select([connection], [], [], invocation.hold)[0])
        status, text = (202, _OK) if invocation is None else invocation.answer
        close = invocation is not None and invocation.connection_close
        self._send(connection, protocol, status, text, {"Connection": "close"} if close else {})
        return not close

    def _read_body(
        self, connection: socket.socket, protocol: h11.Connection, exchange: Exchange, invocation: Invocation
    ) -> None:
        received = 0
        while True:
            event = self._next_event(connection, protocol)
            if isinstance(event, h11.Data):
                exchange.add(bytes(event.data))
                received += len(event.data)
                if invocation.close_after is not None and received >= invocation.close_after:
                    return
                if invocation.pause_after is not None and received >= invocation.pause_after:
                    invocation.resume.wait()
            else:
                assert isinstance(event, h11.EndOfMessage)
                exchange.trailers = {n.decode().lower(): v.decode() for n, v in event.headers}
                exchange.complete = True
                return

    def _hand_out(self, connection: socket.socket, protocol: h11.Connection) -> bool:
        """Answer /next once there is an invocation; tell whether there was one before the server closed."""
        invocation = self._invocations.get()
        if invocation is None:
            return False
        if invocation.next_answer is not None:
            status, text = invocation.next_answer
            self._send(connection, protocol, status, text, {})
            return True
        self._handed_out[invocation.request_id] = invocation
        headers: dict[str, str | None] = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 30_000),
            **invocation.headers,
        }
        self._send(connection, protocol, 200, invocation.body, headers, chunked=invocation.chunked)
        return True

    def _send(
        self,
        connection: socket.socket,
        protocol: h11.Connection,
        status: int,
        body: bytes | str,
        headers: Mapping[str, str | None],
        *,
        chunked: bool = False,
    ) -> None:
        body = body.encode() if isinstance(body, str) else body
        length = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(len(body))}
        fields = [
            (name.encode(), text.encode()) for name, text in {**headers, **length}.items() if text is not None
        ]
        response = h11.Response(status_code=status, headers=fields)
        connection.sendall(protocol.send(response) or b"")
        size = 30_000 if len(body) > 1_000_000 else 3000
        for start in range(0, len(body), size):
            connection.sendall(protocol.send(h11.Data(data=body[start : start + size])) or b"")
        connection.sendall(protocol.send(h11.EndOfMessage()) or b"")
