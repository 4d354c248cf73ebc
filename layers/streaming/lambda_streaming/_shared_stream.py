"""The response streams of a process that serves several invocations at a time: none waits for another.

A write from the event loop's thread goes out, or is kept; ``drain`` is awaited until there is room. A write
from another thread waits itself, and holds up that thread alone.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time

from lambda_streaming._response_sender import FINISHED, STREAMING
from lambda_streaming._response_stream import ResponseStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any

    from typing_extensions import Buffer

    from lambda_streaming._shared_connection import Connection

_READ_SIZE = 64 * 1024  # bytes of a file at a time


class LoopFlusher:
    """Sends gathered writes when their time has come, from a timer of the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = threading.get_ident()

    def arm(self, flush_due: Callable[[float], float]) -> None:
        """Call ``flush_due(now)`` until it returns 0; else it returns the seconds to wait."""
        if threading.get_ident() == self._thread:
            self._flush(flush_due)
        else:
            self._loop.call_soon_threadsafe(self._flush, flush_due)

    def _flush(self, flush_due: Callable[[float], float]) -> None:
        wait = flush_due(time.monotonic())
        if wait > 0:
            self._loop.call_later(wait, self._flush, flush_due)


class SharedResponseStream(ResponseStream):
    """A response stream whose writes never keep the event loop."""

    __slots__ = ("_connection", "_piped", "_thread")

    def __init__(self, connection: Connection, head: Callable[[str], bytes], flusher: LoopFlusher) -> None:
        super().__init__(connection, head, flusher)  # type: ignore[arg-type]  # send_file does without
        self._connection = connection
        self._piped: list[Piped] = []
        self._thread = connection.thread

    def write(self, data: Buffer | str, /) -> int:
        """Send ``data``; see ResponseStream. In a thread of its own it waits until there is room for more."""
        size = super().write(data)
        self._connection.hold_back()
        return size

    def put(self, data: Buffer | str, /) -> int:
        """Send ``data``, and wait nowhere."""
        return super().write(data)

    def hold_back(self) -> None:
        """Wait, in a thread other than the loop's, until there is room for more."""
        self._connection.hold_back()

    @property
    def needs_drain(self) -> bool:  # type: ignore[override]
        """Whether ``drain`` has something to wait for."""
        return self._connection.backlog

    async def drain(self) -> None:
        """Return once there is room for more. Raises OSError when Lambda has closed the stream."""
        await self._connection.drained()
        await super().drain()

    def send_file(self, descriptor: int, offset: int, count: int) -> None:
        """Send ``count`` bytes of an open file from ``offset``. Raises EOFError if it has fewer."""
        while count:
            data = os.pread(descriptor, min(count, _READ_SIZE), offset)
            if not data:
                raise EOFError(f"the file ended {count} bytes before the size it had")
            self.write(data)
            offset, count = offset + len(data), count - len(data)

    @property
    def shares_loop(self) -> bool:  # type: ignore[override]
        """Whether who asks runs on the event loop, which others wait for."""
        return threading.get_ident() == self._thread

    def in_thread(self, work: Callable[[], object]) -> Piped | None:
        """Have ``work`` write to this stream from another thread, where the loop would have to wait."""
        if not self.shares_loop:
            return None
        piped = Piped(asyncio.get_running_loop().create_task(asyncio.to_thread(work)))
        self._piped.append(piped)
        return piped

    async def settle(self) -> None:
        """Wait for what threads are writing; raise the error of one that nobody has awaited."""
        for piped in self._piped:
            await piped.settle()

    def cut(self, reason: OSError) -> None:
        """Break a response under way that Lambda takes no more of, and wake who waits for its end."""
        with self._exclusively():
            if self.state is STREAMING:
                self.broken = reason
                self._gathered.clear()
                self._enter(FINISHED)


class Piped:
    """Awaitable, though it need not be awaited: what a thread is writing."""

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self._task = task
        self._awaited = False
        task.add_done_callback(_retrieve)

    def __await__(self) -> Generator[Any, None, None]:
        self._awaited = True
        yield from self._task.__await__()

    async def settle(self) -> None:
        """Wait for the end; raise the error if nobody has been told of it."""
        await asyncio.wait((self._task,))
        if not self._awaited:
            await self._task


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Take note of the outcome, which asyncio otherwise complains about where nobody does."""
    if not task.cancelled():
        task.exception()
