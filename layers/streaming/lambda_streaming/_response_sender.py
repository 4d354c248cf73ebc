"""How a streamed response goes out: head, prelude, chunks, last chunk, each in its turn.

READY -> STREAMING -> FINISHED. The head goes out with the first byte: until then an exception can still
become a proper error of the invocation; from then on only the trailers can carry it.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html (response streaming)
"""

from __future__ import annotations

import _thread
import io
import time

from lambda_streaming._chunked import CRLF, chunk, chunk_head
from lambda_streaming._exceptions import InvalidStreamingOperation
from lambda_streaming._write_batching import (
    BURST_GAP,
    DIRECT_WRITES,
    LONGEST_WAIT,
    BatchFlusher,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from lambda_streaming._runtime_client import RuntimeClient

    class _BinaryFile(io.RawIOBase, BinaryIO):
        """What boto3, gzip and TextIOWrapper ask for in their annotations."""
else:
    _BinaryFile = io.RawIOBase

READY, STREAMING, FINISHED = "READY", "STREAMING", "FINISHED"

DEFAULT_CONTENT_TYPE = "application/octet-stream"
# Above this a chunk goes out in three pieces by one sendmsg; below, joining them is the cheaper.
JOIN_LIMIT = 16 * 1024
_monotonic = time.monotonic


class ResponseSender(_BinaryFile):
    """The sending half of a response stream. Who calls it holds its lock; ``_flush_due`` takes it itself."""

    # io's classes bring a dictionary of their own kind, where attributes are slow to find: a gathered write
    # takes less than two thirds of the time with slots.
    __slots__ = (
        "_acquire",
        "_armed",
        "_burst",
        "_client",
        "_content_type",
        "_flusher",
        "_gathered",
        "_gathered_size",
        "_gathered_until",
        "_head",
        "_last_write",
        "_lock",
        "_prelude",
        "_release",
        "_said",
        "_waiting",
        "broken",
        "state",
        "status_code",
    )

    def __init__(self, client: RuntimeClient, head: Callable[[str], bytes], flusher: BatchFlusher) -> None:
        """``head(content_type)`` is the request's head; it and the chunks are sent through ``client``."""
        super().__init__()
        self.state = READY
        self.status_code = 200
        self._said = False  # whether anything has been said of the response, be it of no bytes
        self.broken: BaseException | None = None
        self._client = client
        self._head = head
        self._flusher = flusher
        self._content_type = DEFAULT_CONTENT_TYPE
        self._prelude = b""
        self._lock = _thread.RLock()
        self._acquire, self._release = self._lock.acquire, self._lock.release
        self._waiting: list[Callable[[], object]] = []
        self._gathered: list[bytes] = []
        self._gathered_size = 0
        self._gathered_until = 0.0
        self._armed = False
        self._burst = 0
        self._last_write = 0.0

    def _check_open(self) -> None:
        if self.broken is not None:
            raise BrokenPipeError(f"Lambda has closed the response stream: {self.broken}")
        if self.state is FINISHED:
            raise InvalidStreamingOperation("Cannot write: the response has ended")

    def _check_ready(self, what: str) -> None:
        if self.state is not READY:
            raise InvalidStreamingOperation(f"Cannot set {what}: the response has started")
        self._said = True

    def _write_or_gather(self, data: bytes) -> None:
        """Send ``data``, after what has been gathered; or begin to gather, in a burst of small writes."""
        if self.state is not STREAMING:
            self._check_open()
            self._said = True
            if data:
                self._start(data)
            return
        now = _monotonic()
        if now - self._last_write > BURST_GAP:
            self._burst = 0
        self._last_write = now
        if self._burst < DIRECT_WRITES or len(data) >= JOIN_LIMIT:
            self._burst += 1
            if data:  # an empty chunk would end the body
                self._send_after(self._take_gathered(), data)
        elif data:
            self._gathered.append(data)
            self._gathered_size = len(data)
            self._gathered_until = now + LONGEST_WAIT
            if not self._armed:
                self._armed = True
                self._flusher.arm(self._flush_due)

    def _start(self, data: bytes = b"") -> None:
        self.state = STREAMING
        self._send_after(self._opening(), data)

    def _opening(self) -> bytes:
        """Return head and prelude, the prelude as a chunk of its own, as AWS's runtimes send it."""
        head = self._head(self._content_type)
        return head + chunk(self._prelude) if self._prelude else head

    def _send_after(self, before: bytes, data: bytes) -> None:
        """Send ``before`` as it is and ``data`` as a chunk, by one system call."""
        if len(data) >= JOIN_LIMIT:
            self._transmit(self._client.send_parts, [before + chunk_head(len(data)), data, CRLF])
        else:
            self._transmit(self._client.send, before + chunk(data) if data else before)

    def _take_gathered(self) -> bytes:
        if not self._gathered:
            return b""
        data = b"".join(self._gathered)
        self._gathered.clear()
        self._gathered_size = 0
        return chunk(data)

    def _flush_due(self, now: float) -> float:
        """Send what was gathered a millisecond ago; return the seconds until the next look, 0 for none."""
        with self._lock:
            if self._gathered:
                left = self._gathered_until - now
                if left > 0:
                    return left
                self._flush_quietly()
                self._last_write = now  # what follows closely is still the same burst
            self._armed = False
            return 0

    def _flush_quietly(self) -> None:
        try:
            self._transmit(self._client.send, self._take_gathered())
        except OSError:
            return  # it is kept in self.broken, and raised by the handler's next write

    def _finish(self, tail: bytes) -> None:
        if self.state is FINISHED:
            return
        before = self._opening() if self.state is READY else self._take_gathered()
        self._transmit(self._client.send, before + tail)
        self._set_finished()

    def _transmit(self, send: Callable[..., None], *arguments: object) -> None:
        """Send; a send that fails half-way leaves a stream that nothing can be added to."""
        try:
            send(*arguments)
        except BaseException as error:
            self.broken = error
            self._gathered.clear()
            self._set_finished()
            raise

    def _set_finished(self) -> None:
        self.state = FINISHED
        for wake in self._waiting:
            wake()
        self._waiting.clear()
