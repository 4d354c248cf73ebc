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
    from collections.abc import Awaitable, Callable
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
# How the first write of a GzipFile, BZ2File or LZMAFile begins; the latter two may write nothing at first.
_COMPRESSED = (b"\x1f\x8b", b"BZ", b"\xfd7", b"")


class ResponseSender(_BinaryFile):
    """The sending half of a response stream. Who calls it holds its lock; ``_flush_due`` takes it itself.

    An exception may come out of any line of it: a signal handler's. So nothing is forgotten, and no state is
    entered, but inside ``_transmit``, after which the bytes have left or the stream is broken.
    """

    # io's classes bring a dictionary of their own kind, where attributes are slow to find: a gathered write
    # takes less than two thirds of the time with slots.
    __slots__ = (
        "_acquire",
        "_armed",
        "_burst",
        "_busy",
        "_client",
        "_content_type",
        "_dropped",
        "_flusher",
        "_gathered",
        "_gathered_size",
        "_gathered_until",
        "_head",
        "_last_write",
        "_lock",
        "_lost",
        "_prelude",
        "_release",
        "_said",
        "_waiting",
        "_wrapped",
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
        self._busy = False  # whether the thread that holds the lock is inside a write
        self._wrapped = False  # whether another file may be writing to this one
        self._dropped = False  # whether such a file is just being collected
        self._lost = ""  # what it has lost
        self._waiting: list[Callable[[], object]] = []
        self._gathered: list[bytes] = []
        self._gathered_size = 0
        self._gathered_until = 0.0
        self._armed = False
        self._burst = 0
        self._last_write = 0.0

    # Nothing is kept here: a write returns when the platform has taken the bytes. That is otherwise where
    # several invocations share an event loop (_shared_stream).
    needs_drain = False
    shares_loop = False

    def hold_back(self) -> None:
        """Wait, in a thread other than a shared event loop's, until there is room for more."""

    def in_thread(self, _work: Callable[[], object]) -> Awaitable[None] | None:
        """Have ``work`` write from another thread where a shared event loop would have to wait for it."""
        return None

    def _check_open(self) -> None:
        if isinstance(self.broken, OSError):
            raise BrokenPipeError(f"Lambda has closed the response stream: {self.broken}")
        if self.broken is not None:
            raise BrokenPipeError(f"A write was interrupted, and the response cut, by {self.broken!r}")
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
            self._wrapped = self._wrapped or data[:2] in _COMPRESSED
            if data:
                self._send_with(self._opening(), data)
            return
        now = _monotonic()
        if now - self._last_write > BURST_GAP:
            self._burst = 0
        self._last_write = now
        if self._burst < DIRECT_WRITES or len(data) >= JOIN_LIMIT:
            self._burst += 1
            if data:  # an empty chunk would end the body
                self._send_with(self._gathered_chunk(), data)
        elif data:
            self._gathered.append(data)
            self._gathered_size = len(data)
            self._gathered_until = now + LONGEST_WAIT
            if not self._armed:
                self._flusher.arm(self._flush_due)
                self._armed = True

    def _opening(self) -> bytes:
        """Return head and prelude, the prelude as a chunk of its own, as AWS's runtimes send it."""
        head = self._head(self._content_type)
        return head + chunk(self._prelude) if self._prelude else head

    def _pending(self) -> bytes:
        """Return what goes ahead of whatever comes next: the head, or what has been gathered."""
        return self._opening() if self.state is READY else self._gathered_chunk()

    def _gathered_chunk(self) -> bytes:
        return chunk(b"".join(self._gathered)) if self._gathered else b""

    def _send_with(self, before: bytes, data: bytes) -> None:
        """Send ``before``, all that is pending, as it is, and ``data`` as a chunk, by one system call."""
        if len(data) >= JOIN_LIMIT:
            self._transmit(STREAMING, self._client.send_parts, [before + chunk_head(len(data)), data, CRLF])
        else:
            self._transmit(STREAMING, self._client.send, before + chunk(data))

    def _flush_gathered(self) -> None:
        self._transmit(STREAMING, self._client.send, self._gathered_chunk())

    def _flush_due(self, now: float) -> float:
        """Send what was gathered a millisecond ago; return the seconds until the next look, 0 for none."""
        with self._lock:
            self._busy = True
            try:
                if self._gathered:
                    left = self._gathered_until - now
                    if left > 0:
                        return left
                    self._flush_quietly()
                    self._last_write = now  # what follows closely is still the same burst
                self._armed = False
                return 0
            finally:
                self._busy = False

    def _flush_quietly(self) -> None:
        try:
            self._flush_gathered()
        except OSError:
            return  # it is kept in self.broken, and raised by the handler's next write

    def _finish(self, tail: bytes) -> None:
        if self.state is not FINISHED:
            self._transmit(FINISHED, self._client.send, self._pending() + tail)

    def _transmit(self, state: str, send: Callable[..., None], *arguments: object) -> None:
        """Send what is pending and more, and enter ``state``; what is half sent leaves a broken stream."""
        try:
            send(*arguments)
            self._gathered.clear()
            self._gathered_size = 0
            self._enter(state)
        except BaseException as error:
            self.broken = error
            self._gathered.clear()
            self._enter(FINISHED)
            raise

    def _enter(self, state: str) -> None:
        self.state = state
        if state is FINISHED:
            for wake in self._waiting:
                wake()
            self._waiting.clear()
