"""A Runtime API in memory, for ``lambda_streaming.testing``: it keeps what an invocation sends."""

from __future__ import annotations

import base64
import json
import os

from lambda_streaming._response_stream import ResponseStream
from lambda_streaming._runtime_client import RuntimeClient
from lambda_streaming._runtime_requests import ERROR_BODY
from lambda_streaming._streaming import Streaming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Buffer

    from lambda_streaming._invocation import Invocation

_ACCEPTED = (202, '{"status":"OK"}\n')


class Exchange:
    """One POST of the runtime: a response, streamed or not, or an error."""

    def __init__(self, sent: bytes) -> None:
        head, _, rest = sent.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = dict(field.split(": ", 1) for field in fields)
        self.path = line.split(" ")[1]
        self.content_type = headers["Content-Type"]
        self.streamed = headers.get("Transfer-Encoding") == "chunked"
        self.chunks, trailers = _chunks(rest) if self.streamed else ([rest], {})
        told = trailers.get(ERROR_BODY)
        self.error: dict[str, Any] | None = None if told is None else json.loads(base64.b64decode(told))

    @property
    def body(self) -> bytes:
        """The body of a POST that is not streamed."""
        return b"".join(self.chunks)


class InMemoryClient(RuntimeClient):
    """Takes all that is sent, and accepts it."""

    def __init__(self) -> None:
        super().__init__("in-memory:0")
        self._sent = bytearray()

    def send(self, data: bytes) -> None:
        """Keep ``data``."""
        self._sent += data

    def send_parts(self, parts: list[bytes]) -> None:
        """Keep ``parts``."""
        for part in parts:
            self._sent += part

    def send_file(self, descriptor: int, offset: int, count: int) -> None:
        """Keep a part of a file."""
        while count:
            data = os.pread(descriptor, count, offset)
            if not data:
                raise EOFError(f"the file ended {count} bytes before the size it had")
            self._sent += data
            offset, count = offset + len(data), count - len(data)

    def read_reply(self) -> tuple[int, str]:
        """Return that it was accepted."""
        return _ACCEPTED

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def exchange_of_response(self) -> Exchange:
        """Return what has been sent for the invocation."""
        return Exchange(bytes(self._sent))


class StreamingInMemory(Streaming):
    """Opens streams whose every write is a chunk, so that a test sees them one by one."""

    def open(self, invocation: Invocation) -> ResponseStream:
        """Return the response stream of an invocation."""
        return _EachWrite(self._client, lambda kind: self._head(invocation, kind), self._flusher)

    def _head(self, invocation: Invocation, content_type: str) -> bytes:
        return self._client.requests.streaming_head(invocation, content_type)


class _EachWrite(ResponseStream):
    __slots__ = ()

    def write(self, data: Buffer | str, /) -> int:
        """Write, and gather nothing."""
        size = super().write(data)
        if self._gathered:
            self.flush()
        return size


def _chunks(body: bytes) -> tuple[list[bytes], dict[str, str]]:
    """Return the chunks of a body and its trailers."""
    chunks: list[bytes] = []
    while True:
        size, _, rest = body.partition(b"\r\n")
        count = int(size, 16)
        if not count:
            lines = rest.decode("latin-1").split("\r\n")
            return chunks, dict(line.split(": ", 1) for line in lines if line)
        chunks.append(rest[:count])
        body = rest[count + 2 :]
