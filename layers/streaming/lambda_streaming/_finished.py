"""What ``await response_stream.finished()`` awaits."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class Finished:
    """Awaitable, any number of times, until a stream has ended; nothing happens if nobody awaits it."""

    def __init__(self, call_when_finished: Callable[[Callable[[], object]], None]) -> None:
        """``call_when_finished`` calls what it is given once the stream has ended, at once if it has."""
        self._call_when_finished = call_when_finished

    def __await__(self) -> Generator[object, None, None]:
        import asyncio

        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        # From whichever thread ends the stream.
        self._call_when_finished(lambda: loop.call_soon_threadsafe(ended.set))
        yield from ended.wait().__await__()
