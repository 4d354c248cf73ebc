"""The Runtime API for one runtime: hands it events, takes its responses, and notes when each read ended.

One thread and little between two reads, so that the peer is what is measured. While a response comes in, only
its connection is read: a runtime has nothing else to say then.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tools.bench.wire import Head, Post, WireError

_READ = 1 << 20
_TIMEOUT = 30
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
ACCEPTED += b'{"status":"OK"}\n'
_TRACE_ID = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0"
_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:bench"


class PeerError(Exception):
    """The runtime under test reported an error, died or fell silent."""


@dataclass(slots=True)
class Exchange:
    """One invocation: when the event went out, what came back, when the next one was asked for."""

    sent: int
    post: Post
    next: int

    @property
    def cycle(self) -> int:
        """Nanoseconds from the event to the request for the next one."""
        return self.next - self.sent


@dataclass(slots=True)
class Connection:
    """One of a runtime's connections, and what of a request has come by it."""

    socket: socket.socket
    pending: bytearray = field(default_factory=bytearray)


Kind = TypeVar("Kind", bound=Connection)


class Listener(Generic[Kind]):
    """Has the connections of a runtime, each of one `kind`; `alive` raises PeerError when that has gone."""

    def __init__(
        self, kind: Callable[[socket.socket], Kind], alive: Callable[[], None], backlog: int | None = None
    ) -> None:
        self.alive = alive
        self._kind = kind
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
        self._poll = select.epoll()
        self._poll.register(self._listener, select.EPOLLIN)
        self._connections: dict[int, Kind] = {}
        self._count = 0  # of events handed out

    @property
    def address(self) -> str:
        """For AWS_LAMBDA_RUNTIME_API."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def close(self) -> None:
        """Close every connection."""
        for connection in self._connections.values():
            connection.socket.close()
        self._listener.close()
        self._poll.close()

    def _accept(self) -> Kind:
        accepted, _ = self._listener.accept()
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._connections[accepted.fileno()] = self._kind(accepted)
        self._poll.register(accepted, select.EPOLLIN)
        return connection

    def _drop(self, connection: Kind) -> None:
        number = connection.socket.fileno()
        self._poll.unregister(number)
        del self._connections[number]
        connection.socket.close()


class RuntimeApi(Listener[Connection]):
    """Serves one runtime; `alive` raises PeerError when that runtime has gone.

    An `awake` one never sleeps, so that no peer has to wake it: on a virtual machine that costs more than a
    send, and more at one time than at another. It needs a CPU of its own.
    """

    def __init__(self, alive: Callable[[], None] = lambda: None, *, awake: bool = False) -> None:
        super().__init__(Connection, alive)
        self._awake = awake
        self._waiting: Connection | None = None
        self._buffer = memoryview(bytearray(_READ))
        self.keep: int | None = 1 << 16

    def wait_next(self) -> int:
        """Return when the runtime asked for its next (or first) event."""
        read = self._read_request()
        if isinstance(read, Post):
            raise PeerError(f"a response nobody asked for: {read.head.line}")
        return read

    def invoke(self, event: bytes) -> Exchange:
        """Hand out an event and take the response; the runtime must be waiting."""
        assert self._waiting is not None
        self._count += 1
        whole = message(event, self._count)
        connection, self._waiting = self._waiting, None
        sent = time.perf_counter_ns()
        connection.socket.sendall(whole)
        post = self._read_request()
        if not isinstance(post, Post):
            raise PeerError("asked for the next event before answering this one")
        return Exchange(sent, post, self.wait_next())

    def _read_request(self) -> int | Post:
        """Read one request: a time when it is GET next, else the POST, answered."""
        until = time.monotonic() + _TIMEOUT
        looks = 0
        while True:
            ready = self._poll.poll(0 if self._awake else 1)
            looks += 1
            if not ready and (not self._awake or looks % 50_000 == 0):
                self.alive()
                if time.monotonic() > until:
                    raise PeerError(f"said nothing for {_TIMEOUT} seconds")
            for number, _ in ready:
                if number == self._listener.fileno():
                    self._accept()
                elif (request := self._read_from(self._connections[number])) is not None:
                    return request

    def _accept(self) -> Connection:
        connection = super()._accept()
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", _TIMEOUT, 0))
        return connection

    def _read_from(self, connection: Connection) -> int | Post | None:
        count = connection.socket.recv_into(self._buffer)
        now = time.perf_counter_ns()
        if not count:
            self._drop(connection)
            return None
        connection.pending += self._buffer[:count]
        raw, found, rest = connection.pending.partition(b"\r\n\r\n")
        if not found:
            return None
        head = Head.parse(bytes(raw))
        connection.pending = bytearray()
        if head.line.startswith("GET "):
            self._waiting = connection
            return now
        if "100-continue" in head.headers.get("expect", ""):
            connection.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        post = self._read_body(connection.socket, Post(head), rest, now)
        if not head.line.split()[1].endswith("/response"):
            raise PeerError(f"{head.line}: {_message_of(bytes(post.body))}")
        return post

    def _read_body(self, source: socket.socket, post: Post, piece: bytearray, now: int) -> Post:
        """Read to the end, keeping the first `keep` bytes (None: all), and answer 202."""
        length, keep = post.head.length, self.keep
        total, tail = len(piece), bytes(piece[-4:])
        post.body += piece
        if total:
            post.times.append(now)
            post.ends.append(total)
        # No body of the bench holds a CR, so CR LF CR LF ends a chunked one (wire.payload checks that).
        while (tail != b"\r\n\r\n") if length is None else (total < length):
            count = self._receive(source)
            post.times.append(time.perf_counter_ns())
            if not count:
                raise WireError(f"connection closed within a response, {total} bytes in")
            total += count
            post.ends.append(total)
            if keep is None or len(post.body) < keep:
                post.body += self._buffer[:count]
            tail = (tail + bytes(self._buffer[max(0, count - 4) : count]))[-4:]
        source.sendall(ACCEPTED)
        return post

    def _receive(self, source: socket.socket) -> int:
        if not self._awake:
            return source.recv_into(self._buffer)
        until = time.monotonic() + _TIMEOUT
        while time.monotonic() < until:
            try:
                return source.recv_into(self._buffer, 0, socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
        raise PeerError(f"said nothing for {_TIMEOUT} seconds")


def message(event: bytes, number: int) -> bytes:
    """The reply to GET next that hands out `event` as the environment's `number`-th."""
    deadline = int(time.time() * 1000) + 60_000
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        f"Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-{number:012d}\r\n"
        f"Lambda-Runtime-Deadline-Ms: {deadline}\r\nLambda-Runtime-Invoked-Function-Arn: {_ARN}\r\n"
        f"Lambda-Runtime-Trace-Id: {_TRACE_ID}\r\n"
        f"Content-Length: {len(event)}\r\n\r\n"
    )
    return head.encode() + event


def _message_of(body: bytes) -> str:
    """The error message within a report to /error or /init/error."""
    try:
        return str(json.loads(body)["errorMessage"])
    except (ValueError, LookupError, TypeError):
        return repr(body[:500])
