"""The response stream: what may be said to Lambda, in which order.

READY -> STREAMING -> FINISHED. The head goes out with the first byte: until then an exception can still
become a proper error of the invocation; from then on only the trailers can carry it.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html (response streaming)
"""

from __future__ import annotations

import _thread
import io
import sys
import time

from lambda_streaming import _prelude
from lambda_streaming._chunked import CRLF, LAST_CHUNK, chunk, chunk_head, last_chunk
from lambda_streaming._exceptions import InvalidStreamingOperation
from lambda_streaming._finished import Finished
from lambda_streaming._write_batching import (
    BURST_GAP,
    DIRECT_WRITES,
    GATHERED_SIZE,
    LONGEST_WAIT,
    BatchFlusher,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType
    from typing import BinaryIO

    from typing_extensions import Buffer

    from lambda_streaming._runtime_client import RuntimeClient

    class _BinaryFile(io.RawIOBase, BinaryIO):
        """What boto3, gzip and TextIOWrapper ask for in their annotations."""
else:
    _BinaryFile = io.RawIOBase

READY, STREAMING, FINISHED = "READY", "STREAMING", "FINISHED"

DEFAULT_CONTENT_TYPE = "application/octet-stream"
# Above this a chunk goes out in three pieces by one sendmsg; below, joining them is the cheaper.
_JOIN_LIMIT = 16 * 1024
_monotonic = time.monotonic


class ResponseStream(_BinaryFile):
    """The body of a streamed response: a binary file to write to, which Lambda passes on as it is written.

    Each write returns when the platform has taken the bytes (small ones in a burst: within a millisecond).
    Safe to write to from several threads.
    """

    mode = "wb"
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
        "_waiting",
        "broken",
        "state",
    )

    def __init__(self, client: RuntimeClient, head: Callable[[str], bytes], flusher: BatchFlusher) -> None:
        """``head(content_type)`` is the request's head; it and the chunks are sent through ``client``."""
        super().__init__()
        self.state = READY
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

    def write(self, data: Buffer | str, /) -> int:
        """Send ``data``, a str as UTF-8; return how many bytes that were.

        An empty write sends nothing. Raises TypeError for anything that is neither str nor bytes-like,
        InvalidStreamingOperation after the end, OSError when the platform has closed the stream.
        """
        if type(data) is not bytes:
            data = _as_bytes(data)
        size = len(data)
        self._acquire()  # `with self._lock` costs twice as much, a third of a gathered write
        try:
            if not self._gathered or size >= _JOIN_LIMIT:
                self._write_or_gather(data)
                return size
            self._gathered.append(data)
            self._gathered_size += size
            if self._gathered_size >= GATHERED_SIZE or _monotonic() >= self._gathered_until:
                self._transmit(self._client.send, self._take_gathered())
        finally:
            self._release()
        return size

    def end(self, data: Buffer | str | None = None, /) -> None:
        """Write ``data``, if any, and end the response. Ending it twice is harmless."""
        with self._lock:
            if data is not None:
                self.write(data)
            self._finish(LAST_CHUNK)

    def fail(self, trailers: Mapping[str, bytes]) -> None:
        """End a response that has started with the trailers that tell of an error.

        Where that cannot be sent any more, ``broken`` says why.
        """
        with self._lock:
            try:
                self._finish(last_chunk(trailers))
            except OSError:
                return

    def abandon(self) -> bool:
        """End a response of which nothing has been sent, so that nothing will be; tell whether it was."""
        with self._lock:
            if self.state is not READY:
                return False
            self._set_finished()
            return True

    def finished(self) -> Awaitable[None]:
        """Return what can be awaited until the response has been ended."""
        return Finished(self.call_when_finished)

    def set_content_type(self, content_type: str) -> None:
        """Set the Content-Type of a response without metadata; application/octet-stream by default.

        Raises InvalidStreamingOperation once the response has started, or where metadata has been set: there
        it is one of the headers.
        """
        with self._lock:
            self._check_ready("content type")
            if self._prelude:
                raise InvalidStreamingOperation(
                    "Cannot set content type: the metadata is set; expected Content-Type among its headers"
                )
            if not content_type or not (content_type.isascii() and content_type.isprintable()):
                raise ValueError(f"{content_type!r} is not a content type")
            self._content_type = content_type

    def set_metadata(self, metadata: Mapping[str, object]) -> None:
        """Set status, headers and cookies; see HttpResponseStream.from_."""
        encoded = _prelude.encode(metadata)
        with self._lock:
            self._check_ready("metadata")
            self._prelude = encoded
            self._content_type = _prelude.INTEGRATION_CONTENT_TYPE

    def send_file(self, descriptor: int, offset: int, count: int) -> None:
        """Send ``count`` > 0 bytes of an open file from ``offset`` as one chunk, without reading them."""
        with self._lock:
            if self.state is READY:
                self._start()
            self._check_open()
            self._transmit(self._client.send, self._take_gathered() + chunk_head(count))
            self._transmit(self._client.send_file, descriptor, offset, count)
            self._transmit(self._client.send, CRLF)

    def flush(self) -> None:
        """Send what has been gathered; before the first byte, send the head (status and headers) alone."""
        with self._lock:
            if self.state is READY:
                self._start()
            elif self._gathered:
                self._transmit(self._client.send, self._take_gathered())

    def close(self) -> None:
        """End the response, as ``end()``; while an exception is on its way to the trailers, leave it open.

        So ``with io.TextIOWrapper(stream) as text`` does not pass half a response off as a whole one.
        """
        if sys.exc_info()[1] is None:
            self.end()

    def __del__(self) -> None:
        """Do nothing: io's own would end a response that nobody ended."""

    @property
    def closed(self) -> bool:
        """Whether the response has been ended."""
        return self.state is FINISHED

    def writable(self) -> bool:
        """Tell whether the response can still be written to."""
        return self.state is not FINISHED

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # else it stays open, for the error to reach the trailers
            self.end()

    def _check_open(self) -> None:
        if self.broken is not None:
            raise BrokenPipeError(f"Lambda has closed the response stream: {self.broken}")
        if self.state is FINISHED:
            raise InvalidStreamingOperation("Cannot write: the response has ended")

    def _check_ready(self, what: str) -> None:
        if self.state is not READY:
            raise InvalidStreamingOperation(f"Cannot set {what}: the response has started")

    def _write_or_gather(self, data: bytes) -> None:
        """Send ``data``, after what has been gathered; or begin to gather, in a burst of small writes."""
        if self.state is not STREAMING:
            self._check_open()
            if data:
                self._start(data)
            return
        now = _monotonic()
        if now - self._last_write > BURST_GAP:
            self._burst = 0
        self._last_write = now
        if self._burst < DIRECT_WRITES or len(data) >= _JOIN_LIMIT:
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
        if len(data) >= _JOIN_LIMIT:
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
            self.flush()
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

    def call_when_finished(self, wake: Callable[[], object]) -> None:
        """Call ``wake``, from whichever thread it may be, once the response has ended; at once if it has."""
        with self._lock:
            if self.state is not FINISHED:
                self._waiting.append(wake)
                return
        wake()


def _as_bytes(data: Buffer | str) -> bytes:
    if isinstance(data, str):
        return data.encode("utf-8")
    try:
        return bytes(memoryview(data))
    except TypeError:
        raise TypeError(f"a response stream takes bytes or str, got {type(data).__name__}") from None
