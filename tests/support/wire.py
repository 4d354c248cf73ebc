"""What runtimes put on the wire, read by programs that are not ours: http.client and h11."""

from __future__ import annotations

import http.client
import io
from dataclasses import dataclass, field
from typing import Any

import h11


class _Socket:
    """As much of a socket as http.client.HTTPResponse asks for."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def read_chunked(body: bytes) -> bytes:
    """Return what http.client reads from a chunked ``body``. Raises http.client.IncompleteRead."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    socket: Any = _Socket(head + body)
    response = http.client.HTTPResponse(socket)
    response.begin()
    return response.read()


@dataclass
class Request:
    """A request as h11 understood it; ``complete`` once its end was seen."""

    method: str = ""
    target: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    trailers: dict[str, str] = field(default_factory=dict)
    complete: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


def read_request(data: bytes) -> Request:
    """Return the request that ``data`` begins with; h11 raises RemoteProtocolError if it is none."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 22)
    connection.receive_data(data)
    request = Request()
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Request):
            request.method, request.target = event.method.decode(), event.target.decode()
            request.headers = {k.decode(): v.decode("latin-1") for k, v in event.headers}
        elif isinstance(event, h11.Data):
            if event.chunk_start or not request.chunks:
                request.chunks.append(b"")
            request.chunks[-1] += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            request.trailers = {k.decode(): v.decode("latin-1") for k, v in event.headers}
            request.complete = True
            assert not connection.trailing_data[0], "bytes after the end of the request"
            return request
        else:
            assert event is h11.NEED_DATA
            return request
