"""The one event loop of an execution environment; asyncio is imported only where a handler needs it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Iterable
    from typing import TypeVar

    Result = TypeVar("Result")


class CancelledError(Exception):
    """A handler awaited what had been cancelled: asyncio's own is no Exception, and would end the process."""


class HandlerGroup(Exception):
    """What a task group raises of errors that are no Exceptions: a group of them would end the process."""


HandlerGroup.__name__ = "BaseExceptionGroup"  # which the function's log and its callers read


class EventLoop:
    """Run awaitables, one after the other, on a loop that lives as long as the environment.

    What a handler leaves running goes on with the next invocation, as in Node.js.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Task[None] | None = None
        self._ends = False
        self.before_end: Callable[[], Awaitable[None]] | None = None

    def prepare(self) -> asyncio.AbstractEventLoop:
        """Return the loop; the first call makes it, and one after the function has closed it."""
        if self._loop is None or self._loop.is_closed():
            import asyncio

            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop

    def run(self, awaitable: Awaitable[Result]) -> Result:
        """Return what ``awaitable`` comes to. Raises CancelledError or HandlerGroup for asyncio's own."""
        loop = self.prepare()
        try:
            return loop.run_until_complete(contained(awaitable))
        finally:
            self.finish()

    def finish(self) -> None:
        """Wait for the end of the process, where ``end`` came too late to be run along."""
        if self._end is not None:
            self.prepare().run_until_complete(self._end)

    def runs_here(self) -> bool:
        """Tell whether an event loop is running in this thread, so that nothing can be run but awaited."""
        asyncio = sys.modules.get("asyncio")
        return asyncio is not None and asyncio._get_running_loop() is not None

    def end(self, *work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work``, then end the process: for a signal handler, whatever it has interrupted.

        To raise SystemExit there would not do: a finalizer loses it, and an event loop is left in pieces.
        """
        if self._ends:
            return
        self._ends = True
        loop = self.prepare()
        import asyncio

        first = () if self.before_end is None else (self.before_end,)
        if loop.is_running() or asyncio._get_running_loop() is not None:
            self._end = loop.create_task(_exit_after((*first, *work)))
            loop.call_soon_threadsafe(_nothing)  # the loop may be asleep
        else:
            loop.run_until_complete(_exit_after((*first, *work)))


# The execution environment's own.
environment = EventLoop()


def _nothing() -> None:
    pass


async def _exit_after(work: Iterable[Callable[[], Awaitable[None]]]) -> None:
    try:
        for each in work:
            await each()
    finally:
        os._exit(0)


async def contained(awaitable: Awaitable[Result]) -> Result:
    """Return what ``awaitable`` comes to. Raises CancelledError or HandlerGroup for asyncio's own."""
    import asyncio

    try:
        return await awaitable
    except asyncio.CancelledError as error:
        raise CancelledError(*error.args).with_traceback(error.__traceback__) from None
    except BaseExceptionGroup as group:
        if isinstance(group, Exception) or group.subgroup((SystemExit, KeyboardInterrupt)):
            raise
        raise HandlerGroup(str(group)).with_traceback(group.__traceback__) from group
