"""Standard output for bytes that arrive over time. Its reader may be slow, or leave."""

import asyncio
import contextlib
import os
import queue
import threading

from local_lambda.log.descriptor import write_all


class StandardOutput:
    """Writes in a thread, so that the command can stop while nobody reads its output."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[tuple[bytes, asyncio.Future[None]]] = queue.SimpleQueue()
        self._last = b"\n"
        self.failed = asyncio.Event()
        """Nothing more can be written."""
        self.error: OSError | None = None
        # A daemon: a write that never returns must not keep the process from ending.
        threading.Thread(target=self._work, name="standard output", daemon=True).start()

    @property
    def is_terminal(self) -> bool:
        """Whether somebody looks at it."""
        return os.isatty(self._descriptor)

    async def write(self, data: bytes) -> None:
        """Write; return when the reader can take more, or has left."""
        if data and not self.failed.is_set():
            self._last = data[-1:]
            written = self._loop.create_future()
            self._waiting.put((data, written))
            await written

    async def end_line(self) -> None:
        """On a terminal, begin a new line for what comes after."""
        if self._last != b"\n" and self.is_terminal:
            await self.write(b"\n")

    def _work(self) -> None:
        while True:
            data, written = self._waiting.get()
            error = None
            try:
                write_all(self._descriptor, data)
            except OSError as raised:
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
                self._loop.call_soon_threadsafe(self._done, written, error)

    def _done(self, written: asyncio.Future[None], error: OSError | None) -> None:
        if error is not None:
            self.error = error
            self.failed.set()
        if not written.done():
            written.set_result(None)
