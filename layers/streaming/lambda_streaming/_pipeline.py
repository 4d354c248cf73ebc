"""``pipeline``: pipe a source into the response stream and end it, as ``stream.pipeline`` does in Node.js."""

from __future__ import annotations

import io
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Generator, Iterable
    from typing import Any, Protocol, overload

    from typing_extensions import Buffer

    from lambda_streaming._response_stream import ResponseStream

    class Readable(Protocol):
        """A file open for reading, or anything like it, such as botocore's StreamingBody."""

        def read(self, size: int, /) -> bytes | str:
            """Return up to ``size`` bytes or characters, nothing at the end."""


# Bytes read at a time from a source that is not a plain file.
_READ_SIZE = 64 * 1024

if TYPE_CHECKING:

    @overload
    def pipeline(
        source: AsyncIterable[Buffer | str], stream: ResponseStream
    ) -> Coroutine[Any, Any, None]: ...  # a coroutine: checkers notice when the await is forgotten
    @overload
    def pipeline(source: Readable | Iterable[Buffer | str], stream: ResponseStream) -> Awaitable[None]: ...


def pipeline(
    source: Readable | Iterable[Buffer | str] | AsyncIterable[Buffer | str], stream: ResponseStream
) -> Awaitable[None]:
    """Write all of ``source`` to ``stream``, then end it; close the source whatever happens.

    ``source`` is a file open for reading (a plain binary file is sent by the kernel, without passing through
    Python), an iterable or an async iterable of bytes and str. All but the last are piped when ``pipeline``
    returns: there ``await`` is optional, and may be left out in a plain ``def``. An error of the source is
    raised and leaves the stream open, so that Lambda is told of it. On an event loop that several invocations
    share a thread does it, and the response ends after it.
    """
    if hasattr(source, "__aiter__"):
        return _pipe_async(source, stream)

    def pipe() -> None:
        write_all(source, stream, stream.write)
        stream.end()

    piped = stream.in_thread(pipe)
    if piped is not None:
        return piped
    pipe()
    return _Done()


def write_all(source: Any, stream: ResponseStream, write: Callable[[Any], object]) -> None:
    """Send a plain file through ``stream``, or ``write`` each piece of any other file or iterable.

    Closes the source whatever happens. Raises TypeError for what is neither.
    """
    try:
        if _is_plain_file(source):
            _send_file(source, stream)
        elif hasattr(source, "read"):
            _copy(source, write)
        else:
            for item in _items(source):
                write(item)
    finally:
        close = getattr(source, "close", None)
        if callable(close):
            close()


async def write_all_async(source: Any, stream: ResponseStream, write: Callable[[Any], object]) -> None:
    """``write`` each item of an async iterable, as fast as ``stream`` takes it; close it whatever happens."""
    try:
        async for item in source:
            write(item)
            if stream.needs_drain:
                await stream.drain()
    finally:
        close = getattr(source, "aclose", None)
        if callable(close):
            await close()


async def _pipe_async(source: Any, stream: ResponseStream) -> None:
    await write_all_async(source, stream, stream.write)
    stream.end()


def _items(source: Any) -> Any:
    if isinstance(source, (str, bytes, bytearray, memoryview)):
        return iter((source,))
    try:
        return iter(source)
    except TypeError:
        expected = "a file, or an iterable or async iterable of bytes or str"
        raise TypeError(f"cannot stream {type(source).__name__}: expected {expected}") from None


def _is_plain_file(source: Any) -> bool:
    """Tell whether the kernel can send the file as it is: no text layer, no decompression, no pipe."""
    raw = source.raw if type(source) in (io.BufferedReader, io.BufferedRandom) else source
    if type(raw) is not io.FileIO:
        return False
    status = os.fstat(raw.fileno())
    return stat.S_ISREG(status.st_mode) and status.st_size > 0  # those of /proc have content, but no size


def _send_file(source: io.BufferedReader | io.FileIO, stream: ResponseStream) -> None:
    source.flush()
    offset = source.tell()
    count = os.fstat(source.fileno()).st_size - offset
    if count > 0:
        stream.send_file(source.fileno(), offset, count)


def _copy(source: Any, write: Callable[[Any], object]) -> None:
    # read1 returns what is there, where read would wait for all of _READ_SIZE.
    read: Callable[[int], bytes | str] = getattr(source, "read1", None) or source.read
    while data := read(_READ_SIZE):
        write(data)


class _Done:
    """What awaiting a pipeline that is through returns at once."""

    def __await__(self) -> Generator[None, None, None]:
        return
        yield
