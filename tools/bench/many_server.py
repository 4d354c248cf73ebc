"""The Runtime API for one environment that takes many invocations at a time: one thread, many connections.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-runtimes.html
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.bench.server import ACCEPTED, Connection, Listener, PeerError, message
from tools.bench.wire import Head, Post

_READ = 1 << 16
_TIMEOUT = 180  # seconds: a process each for 64 invocations takes a while to start
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(slots=True)
class _Connection(Connection):
    post: Post | None = None  # under way
    waiting: bool = False  # for an event


class ManyApi(Listener[_Connection]):
    """Serves one environment; `alive` raises PeerError when that has gone."""

    def __init__(self, alive: Callable[[], None] = lambda: None) -> None:
        super().__init__(_Connection, alive, backlog=1024)
        self._done: list[Post] = []

    def wait_for_places(self, count: int) -> int:
        """Return when the environment asked for its `count`-th invocation at a time."""
        self._serve_until(lambda: len(self._waiting()) >= count, time.monotonic() + _TIMEOUT)
        return time.perf_counter_ns()

    def stream(self, events: Sequence[bytes], seconds: float, look: Callable[[], None]) -> list[Post]:
        """Hand out an event to as many places, all at once; return the responses once all ask for more.

        `look` is called when they have gone on for so many seconds.
        """
        self.wait_for_places(len(events))
        self._done.clear()
        for connection, event in zip(self._waiting(), events, strict=False):
            connection.waiting = False
            self._count += 1
            connection.socket.sendall(message(event, self._count))
        self._serve_until(lambda: False, time.monotonic() + seconds, patient=True)
        look()
        self._serve_until(lambda: len(self._done) == len(events), time.monotonic() + _TIMEOUT)
        self.wait_for_places(len(events))
        return list(self._done)

    def _waiting(self) -> list[_Connection]:
        return [connection for connection in self._connections.values() if connection.waiting]

    def _serve_until(self, done: Callable[[], bool], end: float, *, patient: bool = False) -> None:
        while not done():
            left = end - time.monotonic()
            if left <= 0:
                if patient:
                    return
                raise PeerError(f"not done after {_TIMEOUT} seconds")
            ready = self._poll.poll(min(left, 1.0))
            if not ready:
                self.alive()
            for number, _ in ready:
                if number == self._listener.fileno():
                    self._accept()
                else:
                    self._read(self._connections[number])

    def _read(self, connection: _Connection) -> None:
        data = connection.socket.recv(_READ)
        now = time.perf_counter_ns()
        if not data:
            self._drop(connection)
            return
        if connection.post is None:
            connection.pending += data
            raw, separator, body = bytes(connection.pending).partition(b"\r\n\r\n")
            if not separator:
                return
            connection.pending.clear()
            head = Head.parse(raw)
            if head.line.startswith("GET"):
                connection.waiting = True
                return
            if not head.line.partition(" HTTP")[0].endswith("/response"):
                raise PeerError(f"{head.line}: {body[:300]!r}")
            if "100-continue" in head.headers.get("expect", ""):
                connection.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.post, data = Post(head), body
        self._add(connection, connection.post, data, now)

    def _add(self, connection: _Connection, post: Post, data: bytes, now: int) -> None:
        if data:
            post.body += data
            post.times.append(now)
            post.ends.append(len(post.body))
        length = post.head.length
        if post.body.endswith(_LAST_CHUNK) if length is None else len(post.body) >= length:
            self._done.append(post)
            connection.post = None
            connection.socket.sendall(ACCEPTED)
