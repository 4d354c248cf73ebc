"""The lifespan of an ASGI application: started in the init phase, shut down when the environment ends.

https://asgi.readthedocs.io/en/latest/specs/lifespan.html
"""

from __future__ import annotations

import asyncio
import signal
import threading

from lambda_streaming import _log
from lambda_streaming._error_document import error_document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from lambda_streaming._event_loop import EventLoop


class LifespanFailed(Exception):
    """The application has reported, without an exception, that its startup or its shutdown failed."""


class Lifespan:
    """Run an application's lifespan beside its requests. ``state`` is what it has put there for them."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.state: dict[str, Any] = {}
        self.started = False
        self._app = app
        self._task: asyncio.Task[None] | None = None
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def start(self, loop: EventLoop) -> None:
        """Start the application, in the init phase. Raises what it raises, or LifespanFailed.

        SIGTERM then ends the process in order, with the lifespan shut down, unless the user handles it.
        """
        loop.run(self.startup())
        self._stop_at_sigterm(loop)

    async def start_late(self, loop: EventLoop) -> None:
        """Start the application at its first request, where something hides it from the init phase."""
        await self.startup()
        if threading.current_thread() is threading.main_thread():  # else no signal handler can be set
            self._stop_at_sigterm(loop)

    def _stop_at_sigterm(self, loop: EventLoop) -> None:
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, lambda *_: loop.end(self.shutdown))

    def stop(self, loop: EventLoop) -> None:
        """Shut the application down, at the end of the environment."""
        loop.run(self.shutdown())

    async def startup(self) -> None:
        """Wait until the application has started. If it has failed, raise what it raised, or LifespanFailed.

        An application that knows no lifespan raises something at once, which is logged, or returns: it then
        goes without.
        """
        self.started = True
        self._task = asyncio.create_task(self._run())
        reply = await self._exchange("lifespan.startup")
        if reply is None:
            if (error := self._raised()) is not None:
                _log.warning(f"The application runs without its lifespan, which raised {error!r}")
            self._task = None
        elif reply["type"] == "lifespan.startup.failed":
            raise self._failure(reply)

    async def shutdown(self) -> None:
        """Tell the application that the environment ends, and wait until it is done."""
        if self._task is None:
            return
        reply = await self._exchange("lifespan.shutdown")
        if reply is None or reply["type"] == "lifespan.shutdown.failed":
            _log.error(error_document(self._failure(reply or {})))
        self._task.cancel()

    def _failure(self, reply: dict[str, Any]) -> BaseException:
        """Return what the application raised; what it says of it may be no more than the text of that."""
        return self._raised() or LifespanFailed(
            reply.get("message") or "the ASGI application's lifespan failed"
        )

    def _raised(self) -> BaseException | None:
        """Return what the lifespan's task has ended with, if it has."""
        if self._task is None or not self._task.done() or self._task.cancelled():
            return None
        return self._task.exception()

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        await self._app(scope, self._to_app.get, self._from_app.put)

    async def _exchange(self, message: str) -> dict[str, Any] | None:
        """Send a message; return the application's reply, or None if its task has ended without one."""
        assert self._task is not None
        await self._to_app.put({"type": message})
        reply = asyncio.ensure_future(self._from_app.get())
        await asyncio.wait((reply, self._task), return_when=asyncio.FIRST_COMPLETED)
        if reply.done():
            return reply.result()
        reply.cancel()
        return None
