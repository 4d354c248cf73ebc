"""Serve many invocations at a time as tasks of one event loop.

Each place for an invocation is a connection of its own to the Runtime API, and keeps to its order: GET next,
POST the response, GET next. Whatever happens to one invocation happens in its own task.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-runtimes.html
"""

from __future__ import annotations

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from lambda_streaming import _log, _shared_context
from lambda_streaming._event_loop import environment
from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._invocation import DEADLINE, Invocation
from lambda_streaming._invocation_loop import prepared
from lambda_streaming._managed_instances import PAUSES
from lambda_streaming._shared_connection import Connection, connect
from lambda_streaming._shared_invocation import SharedInvocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._runtime_client import RuntimeClient

# Seconds after its deadline at which an invocation is cancelled: Lambda's word on the timeout comes first.
_LATE = 0.1
# Seconds that a cancelled handler has to come to its end; then it is left to itself.
_PATIENCE = 1.0
# Seconds that the streams under way have at SIGTERM, to end and then to be told: within the 2 s that the
# Shutdown phase may take. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
_LAST_STREAMS = 1.4
_LAST_WORDS = 0.3
# Threads for what blocks, beside one for each invocation: as many as asyncio has at most by itself.
_THREADS = 32


class SharedLoop:
    """Serve ``places`` invocations at a time with ``handler``, which is asynchronous."""

    def __init__(self, client: RuntimeClient, handler: Callable[..., Any], places: int) -> None:
        client.close()
        self._client = client
        self._handler = prepared(handler)
        self._places = places
        self._waiting: set[asyncio.Task[tuple[Connection, Invocation]]] = set()  # for an invocation
        self._serving: dict[asyncio.Task[None], SharedInvocation] = {}
        self._ends = False

    def run(self) -> None:
        """Serve until Lambda has no invocation to come for any place, or the process is ended."""
        _shared_context.install()
        loop = environment.prepare()
        loop.set_default_executor(ThreadPoolExecutor(self._places + _THREADS, "lambda_streaming"))
        environment.before_end = self._finish
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, lambda *_: environment.end())
        main = loop.create_task(self._serve_places())
        try:
            while not main.done():
                try:
                    loop.run_until_complete(main)
                except (SystemExit, KeyboardInterrupt) as error:  # of a task that the handler has left behind
                    _log.warning(f"A task has raised {error!r}: this process serves others, and goes on")
        finally:
            environment.finish()

    async def _serve_places(self) -> None:
        await asyncio.gather(*(self._serve_place() for _ in range(self._places)))
        if self._ends:  # in order, by environment.end
            await asyncio.get_running_loop().create_future()

    async def _serve_place(self) -> None:
        """Serve one invocation after the other, until there is none to come."""
        connection: Connection | None = None
        try:
            while not self._ends:
                waiting = asyncio.ensure_future(self._next(connection))
                self._waiting.add(waiting)
                try:
                    connection, invocation = await waiting
                finally:
                    self._waiting.discard(waiting)
                await self._serve(connection, invocation)
        except RuntimeApiError as error:
            _log.warning(f"One invocation less at a time: {error}")
        except asyncio.CancelledError:
            if not self._ends:
                raise

    async def _next(self, connection: Connection | None) -> tuple[Connection, Invocation]:
        """Wait for the next invocation, which comes by ``connection`` if that is still there.

        Raises RuntimeApiError when the last attempt has failed, too.
        """
        for pause in PAUSES:
            try:
                return await self._ask(connection)
            except RuntimeApiError as error:
                _log.warning(f"No invocation has come, and this process tries again: {error}")
            await asyncio.sleep(pause)
        return await self._ask(connection)

    async def _ask(self, connection: Connection | None) -> tuple[Connection, Invocation]:
        kept_alive = connection is not None and connection.lost is None
        try:
            if connection is None or connection.lost is not None:
                connection = await connect(*self._client.address)
            reply = await connection.exchange(self._client.requests.next())
        except OSError as error:
            if kept_alive:  # the platform may have closed it meanwhile: once more on a fresh one
                return await self._ask(None)
            raise RuntimeApiError(f"the Runtime API is lost: {error}") from error
        if reply.status != 200:
            raise RuntimeApiError(f"/next replied {reply.status}: {reply.text}")
        return connection, Invocation(reply.headers, reply.body)

    async def _serve(self, connection: Connection, invocation: Invocation) -> None:
        """Serve one invocation; return when its place is free."""
        shared = SharedInvocation(connection, self._client.requests, invocation, self._handler)
        task = asyncio.get_running_loop().create_task(shared.serve())
        self._serving[task] = shared
        try:
            await asyncio.wait((task,), timeout=_seconds_left(invocation))
            if not task.done():
                shared.end(task, "Sandbox.Timedout", "Task timed out: its deadline has passed")
                await asyncio.wait((task,), timeout=_PATIENCE)
            if not task.done():
                _log.warning(f"The handler of {invocation.request_id} goes on, though it has been cancelled")
        finally:
            del self._serving[task]
            if not task.done() or shared.is_cut:
                connection.close()
            connection.on_interruption = None

    async def _finish(self) -> None:
        """Take no more invocations, and have those under way end: by themselves, or told why."""
        self._ends = True
        for waiting in tuple(self._waiting):
            waiting.cancel()
        if self._serving:
            await asyncio.wait(tuple(self._serving), timeout=_LAST_STREAMS)
        for task, shared in tuple(self._serving.items()):
            shared.end(task, "Sandbox.Failure", "Lambda has ended the execution environment")
        if self._serving:
            await asyncio.wait(tuple(self._serving), timeout=_LAST_WORDS)


def _seconds_left(invocation: Invocation) -> float | None:
    """Return how long an invocation may take; None where no deadline is known."""
    deadline = int(invocation.headers.get(DEADLINE, "0"))
    return max(0.0, deadline / 1000 - time.time()) + _LATE if deadline else None
