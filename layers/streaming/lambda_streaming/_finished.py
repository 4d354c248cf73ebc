"""What ``await response_stream.finished()`` awaits."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from lambda_streaming._response_stream import ResponseStream


class Finished:
    """Awaitable, any number of times, until a stream has ended; nothing happens if nobody awaits it."""

    def __init__(self, stream: ResponseStream) -> None:
        self._stream = stream

    def __await__(self) -> Generator[object, None, None]:
        if self._stream.closed:
            return
        import asyncio

        loop = asyncio.get_running_loop()
        ended = asyncio.Event()

        def wake() -> None:
            """Called from whichever thread ends the stream, if need be after the loop's own end."""
            if not loop.is_closed():
                loop.call_soon_threadsafe(ended.set)

        self._stream.call_when_finished(wake)
        try:
            yield from ended.wait().__await__()
        finally:
            self._stream.call_no_more(wake)
