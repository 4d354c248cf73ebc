"""A runtime client without a socket: it keeps what was sent, or refuses to send."""

from __future__ import annotations

import os
from collections.abc import Callable

from lambda_streaming._invocation import Invocation
from lambda_streaming._response_stream import ResponseStream
from lambda_streaming._runtime_client import RuntimeClient
from lambda_streaming._write_batching import BatchFlusher
from tests.support.wire import Request, read_chunked, read_request


class RecordingClient(RuntimeClient):
    """``sends`` is what each call sent, in order; ``fail_with`` is raised instead.

    ``meanwhile`` is called in the middle of every send, as a signal handler or a finalizer may be.
    """

    def __init__(self) -> None:
        super().__init__("127.0.0.1:1")
        self.sends: list[bytes] = []
        self.fail_with: BaseException | None = None
        self.files_sent = 0
        self.meanwhile: Callable[[], None] | None = None

    def send(self, data: bytes) -> None:
        if self.fail_with is not None:
            raise self.fail_with
        assert data, "a send of nothing"
        if self.meanwhile is not None:
            self.meanwhile()
        self.sends.append(bytes(data))

    def send_parts(self, parts: list[bytes]) -> None:
        self.send(b"".join(parts))

    def send_file(self, descriptor: int, offset: int, count: int) -> None:
        data = os.pread(descriptor, count, offset)
        if len(data) < count:
            raise EOFError("the file has shrunk")
        self.files_sent += 1
        self.send(data)

    @property
    def wire(self) -> bytes:
        return b"".join(self.sends)

    @property
    def request(self) -> Request:
        """All that was sent, as h11 reads it."""
        return read_request(self.wire)

    @property
    def body(self) -> bytes:
        """The body as http.client reads it, prelude included; it must have been ended."""
        head, _, body = self.wire.partition(b"\r\n\r\n")
        assert b"Transfer-Encoding: chunked" in head
        return read_chunked(body)

    @property
    def chunk_sends(self) -> list[list[bytes]]:
        """The chunks in each send after the first: each send must hold whole chunks."""
        head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        found = []
        for data in self.sends[1:]:
            end = b"" if data.endswith(b"0\r\n\r\n") else b"0\r\n\r\n"
            request = read_request(head + data + end)
            assert request.complete, f"not whole chunks: {data[:60]!r}"
            found.append(request.chunks)
        return found


class IdleFlusher(BatchFlusher):
    """A flusher without a thread: the test says when it is time."""

    def __init__(self) -> None:
        super().__init__()
        self.due: Callable[[float], float] | None = None
        self.armed = 0

    def arm(self, flush_due: Callable[[float], float]) -> None:
        self.armed += 1
        self.due = flush_due


def make_stream(client: RecordingClient, flusher: BatchFlusher | None = None) -> ResponseStream:
    """Return a response stream that sends through ``client``."""
    invocation = Invocation({"lambda-runtime-aws-request-id": "request-id"}, b"")
    return ResponseStream(
        client,
        lambda content_type: client.requests.streaming_head(invocation, content_type),
        flusher or IdleFlusher(),
    )
