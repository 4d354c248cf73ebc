"""The response stream: the binary file that a handler writes its response to."""

from __future__ import annotations

import io
import sys
import time

from lambda_streaming import _prelude
from lambda_streaming._chunked import CRLF, LAST_CHUNK, chunk_head, last_chunk
from lambda_streaming._exceptions import InvalidStreamingOperation
from lambda_streaming._response_sender import FINISHED, JOIN_LIMIT, READY, STREAMING, ResponseSender
from lambda_streaming._write_batching import GATHERED_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType
    from typing import Any

    from typing_extensions import Buffer

_monotonic = time.monotonic
_GZIP_MAGIC = b"\x1f\x8b"  # a GzipFile's first write, the response's or not
_GZIP_MAGIC_SIZE = 2
_LOST = (
    "A file on the response stream was collected in the middle of a write, and what it held is lost: "
    "close it, as in `with io.TextIOWrapper(response_stream) as text`"
)


class ResponseStream(ResponseSender):
    """The body of a streamed response: a binary file to write to, which Lambda passes on as it is written.

    Each write returns when the platform has taken the bytes (small ones in a burst: within a millisecond).
    Safe to write to from several threads.
    """

    mode = "wb"
    __slots__ = ()

    def write(self, data: Buffer | str, /) -> int:
        """Send ``data``, a str as UTF-8; return how many bytes that were.

        An empty write sends nothing. Raises TypeError for anything that is neither str nor bytes-like,
        InvalidStreamingOperation after the end, OSError when the platform has closed the stream.
        """
        if type(data) is not bytes:
            data = as_bytes(data)
        size = len(data)
        if self._busy:
            self._refuse_reentry()
        try:
            self._acquire()  # `with self._lock` costs twice as much, a third of a gathered write
            self._busy = True
            if not self._gathered or size >= JOIN_LIMIT:
                if size == _GZIP_MAGIC_SIZE:
                    self._wrapped = self._wrapped or data == _GZIP_MAGIC
                self._write_or_gather(data)
            else:
                self._gathered.append(data)
                self._gathered_size += size
                if self._gathered_size >= GATHERED_SIZE or _monotonic() >= self._gathered_until:
                    self._flush_gathered()
            self._busy = False
            self._release()
        except BaseException:
            self._leave()
            raise
        return size

    def put(self, data: Buffer | str, /) -> int:
        """Write ``data``, for who may not be kept by it, such as the holder of a lock."""
        return self.write(data)

    async def drain(self) -> None:
        """Wait until there is room for more, as ``asyncio.StreamWriter.drain`` does.

        Where a process serves one invocation at a time, each write has waited for that itself, and this
        returns at once. With LAMBDA_STREAMING_SHARED=1 a write in a coroutine never waits: what a slow client
        has not taken is kept in memory, all of it, unless each write is followed by a drain. Raises OSError
        when the platform has closed the stream.
        """
        if self.broken is not None:
            self._check_open()

    def end(self, data: Buffer | str | None = None, /) -> None:
        """Write ``data``, if any, and end the response. Ending it twice is harmless.

        What a TextIOWrapper, BufferedWriter or GzipFile on this stream still holds goes out first. Raises
        InvalidStreamingOperation where some of that was lost: the response is then not whole.
        """
        if data is not None:
            self.write(data)
        if self._wrapped and self.state is not FINISHED:
            from lambda_streaming import _wrapping_files

            self._wrapped = False
            _wrapping_files.finish(self)
        if self._lost and self.state is not FINISHED:
            raise InvalidStreamingOperation(self._lost)
        with self._exclusively():
            self._finish(LAST_CHUNK)

    def fail(self, trailers: Mapping[str, bytes]) -> None:
        """End a response that has started with the trailers that tell of an error.

        Where that cannot be sent any more, ``broken`` says why.
        """
        with self._exclusively():
            try:
                self._finish(last_chunk(trailers))
            except OSError:
                return

    @property
    def used(self) -> bool:
        """Whether the handler has made the response a streamed one, by the least that it has said of it."""
        return self._said or self.state is not READY

    def claim(self) -> None:
        """Make the response a streamed one, though nothing has been said of it: it may be an empty one."""
        self._said = True

    def abandon(self) -> bool:
        """End a response of which nothing has been sent, so that nothing will be; tell whether it was."""
        with self._exclusively():
            if self.state is not READY:
                return False
            self._enter(FINISHED)
            return True

    def finished(self) -> Awaitable[None]:
        """Return what can be awaited until the response has been ended."""
        from lambda_streaming._finished import Finished

        return Finished(self)

    def set_content_type(self, content_type: str) -> None:
        """Set the Content-Type of a response without metadata; application/octet-stream by default.

        Raises InvalidStreamingOperation once the response has started, or where metadata has been set: there
        it is one of the headers.
        """
        with self._exclusively():
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
        with self._exclusively():
            self._check_ready("metadata")
            self._prelude = encoded
            status: Any = metadata.get("statusCode", 200)
            self.status_code = status
            self._content_type = _prelude.INTEGRATION_CONTENT_TYPE

    def send_file(self, descriptor: int, offset: int, count: int) -> None:
        """Send ``count`` > 0 bytes of an open file from ``offset`` as one chunk, without reading them."""
        with self._exclusively():
            self._check_open()
            self._transmit(STREAMING, self._send_file, self._pending(), descriptor, offset, count)

    def _send_file(self, before: bytes, descriptor: int, offset: int, count: int) -> None:
        self._client.send(before + chunk_head(count))
        self._client.send_file(descriptor, offset, count)
        self._client.send(CRLF)

    def flush(self) -> None:
        """Send what has been gathered; before the first byte, send the head (status and headers) alone."""
        with self._exclusively():
            if self._gathered:
                self._flush_gathered()
            elif self.state is READY and not self._dropped:
                self._transmit(STREAMING, self._client.send, self._opening())

    def close(self) -> None:
        """End the response, as ``end()``; while an exception is on its way to the trailers, leave it open.

        So ``with io.TextIOWrapper(stream) as text`` does not pass half a response off as a whole one. Nor
        does a TextIOWrapper or BufferedWriter that nobody has closed, but which is just being collected.
        """
        if self._dropped:
            self._dropped = False
        elif sys.exc_info()[1] is None:
            self.end()

    def _dealloc_warn(self, _source: object) -> None:
        """Note that ``_source``, a file on this one, is being collected: io calls this ahead of its close."""
        self._dropped = True

    def __del__(self) -> None:
        """Do nothing: io's own would end a response that nobody ended."""

    @property
    def closed(self) -> bool:
        """Whether the response has been ended."""
        return self.state is FINISHED

    def writable(self) -> bool:
        """Tell whether the response can still be written to. A TextIOWrapper or BufferedWriter asks."""
        self._wrapped = True
        return self.state is not FINISHED

    def readinto(self, _buffer: object, /) -> int:
        """Raise io.UnsupportedOperation, which every way of reading comes to."""
        raise io.UnsupportedOperation("a response stream is not readable")

    def readall(self) -> bytes:
        """Raise io.UnsupportedOperation."""
        raise io.UnsupportedOperation("a response stream is not readable")

    def __reduce_ex__(self, _protocol: object) -> str:
        raise TypeError("a response stream can be neither copied nor pickled")

    @property
    def name(self) -> str:
        """There is none: raises AttributeError. A GzipFile asks."""
        self._wrapped = True
        raise AttributeError("a response stream has no name")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # else it stays open, for the error to reach the trailers
            self.end()

    def call_when_finished(self, wake: Callable[[], object]) -> None:
        """Call ``wake``, from whichever thread it may be, once the response has ended; at once if it has."""
        with self._lock:
            if self.state is not FINISHED:
                self._waiting.append(wake)
                return
        wake()

    def call_no_more(self, wake: Callable[[], object]) -> None:
        """Take back what ``call_when_finished`` was given."""
        with self._lock:
            if wake in self._waiting:
                self._waiting.remove(wake)

    def _exclusively(self) -> _Exclusively:
        if self._busy:
            self._refuse_reentry()
        return _Exclusively(self)

    def _refuse_reentry(self) -> None:
        """Raise RuntimeError inside another write of this thread: in a signal handler, or in a finalizer."""
        if not self._lock._is_owned():  # type: ignore[attr-defined]
            return  # another thread's write, whose end this one waits for
        if self._dropped or sys._getframe(2).f_globals.get("__name__") == "gzip":
            # What is raised here nobody will see.
            self._lost = _LOST
        raise RuntimeError("reentrant call inside the response stream")

    def _leave(self) -> None:
        """Leave a write that has failed, wherever that was."""
        if self._lock._is_owned():  # type: ignore[attr-defined]
            self._busy = False
            self._release()


class _Exclusively:
    """One thread at a time, and that not twice, inside a stream."""

    def __init__(self, stream: ResponseStream) -> None:
        self._stream = stream

    def __enter__(self) -> None:
        try:
            self._stream._acquire()
            self._stream._busy = True
        except BaseException:
            self._stream._leave()
            raise

    def __exit__(self, *_: object) -> None:
        self._stream._leave()


def as_bytes(data: Buffer | str) -> bytes:
    """Return what a write of ``data`` sends. Raises TypeError for what is neither bytes nor str."""
    if isinstance(data, str):
        return data.encode("utf-8")
    try:
        return bytes(memoryview(data))
    except TypeError:
        raise TypeError(f"a response stream takes bytes or str, got {type(data).__name__}") from None
