"""Many streams at once, read by one thread that notes when each of their bytes has come."""

import re
import select
import socket
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tools.bench.wire import Head, WireError, dechunk

_READ = 64 * 1024


@dataclass(slots=True)
class Stream:
    """One answer as it came: `ends[i]` bytes had been read by `times[i]`, nanoseconds of CLOCK_MONOTONIC."""

    sent: int = 0
    raw: bytearray = field(default_factory=bytearray)
    times: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def body(self) -> bytes:
        """The decoded body. Raises WireError for another status, and where it is not complete."""
        raw, _, framed = bytes(self.raw).partition(b"\r\n\r\n")
        head = Head.parse(raw)
        if not head.line.startswith("HTTP/1.1 200"):
            raise WireError(f"expected a 200, read {head.line!r}")
        return dechunk(framed) if head.length is None else framed[: head.length]

    def first_byte(self) -> int:
        """When the first byte of the body had come."""
        return self.times[bisect_right(self.ends, self.raw.index(b"\r\n\r\n") + 4)]

    def lines(self) -> list[int]:
        """When each line of the counter had come."""
        found = re.finditer(rb"Hello [0-9]+ \n", self.raw)
        return [self.times[bisect_right(self.ends, line.end() - 1)] for line in found]

    def gaps(self) -> list[float]:
        """Milliseconds from each line to the next."""
        return [(later - earlier) / 1e6 for earlier, later in pairwise(self.lines())]


def read_streams(address: tuple[str, int], requests: Sequence[bytes], seconds: float) -> list[Stream]:
    """Send each request on a connection of its own, and read until the servers close, all at once."""
    streams: dict[int, tuple[socket.socket, Stream]] = {}
    poll = select.epoll()
    for request in requests:
        connection = socket.create_connection(address, timeout=seconds)
        stream = Stream(time.monotonic_ns())
        connection.sendall(request)
        connection.setblocking(False)
        streams[connection.fileno()] = connection, stream
        poll.register(connection, select.EPOLLIN)
    whole = [stream for _, stream in streams.values()]
    until = time.monotonic() + seconds
    try:
        while streams and time.monotonic() < until:
            for descriptor, _ in poll.poll(1.0):
                connection, stream = streams[descriptor]
                if not _read(connection, stream):
                    poll.unregister(connection)
                    connection.close()
                    del streams[descriptor]
    finally:
        poll.close()
        for connection, _ in streams.values():
            connection.close()
    if streams:
        raise WireError(f"{len(streams)} of {len(requests)} streams had not ended after {seconds:g} s")
    return whole


def _read(connection: socket.socket, stream: Stream) -> bool:
    data = connection.recv(_READ)
    stream.times.append(time.monotonic_ns())
    stream.raw += data
    stream.ends.append(len(stream.raw))
    return bool(data)
