"""A function and its execution environments: an idle one is used again, a concurrent invocation gets its own.

Or, on Lambda Managed Instances, joins others in one that takes as many at once.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html and configuration-concurrency.html. The
requests per second, of which Lambda allows ten times as many, are not counted.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import LIMITS, Limits
from local_lambda.platform.environment import ExecutionEnvironment
from local_lambda.platform.idle import PATIENCE, Patience
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead, ResponseReceiver
from local_lambda.platform.managed_environment import ManagedEnvironment
from local_lambda.process.launch_spec import LaunchSpec

# How long a request waits for an environment that has responded and is about to ask for its next invocation:
# no longer than a start takes, so that a client that sends one request after the other gets one environment.
_TURNOVER_SECONDS = 0.1
# The same for a request that would be throttled otherwise: a client that sends one after the other never is.
_ROOM_SECONDS = 1.0
# https://docs.aws.amazon.com/lambda/latest/api/API_TooManyRequestsException.html
_RESERVED_CONCURRENCY = "ReservedFunctionConcurrentInvocationLimitExceeded"


_Environment = ExecutionEnvironment | ManagedEnvironment


class Throttled(Exception):
    """There is no room for another invocation; the text is AWS's name for the limit."""

    def __init__(self) -> None:
        super().__init__(_RESERVED_CONCURRENCY)


def has_room(running: int, reserved: int | None) -> bool:
    """Return whether one more invocation may begin; a reservation of 0 turns the function off."""
    return reserved is None or running < reserved


@dataclass(frozen=True)
class Running:
    """An invocation under way. It goes on to its end whatever becomes of the caller."""

    responded: asyncio.Event
    """The response has ended: the receiver has had its `end`."""
    reported: asyncio.Task[bytes]
    """Ends after the REPORT line; returns the last 4 KB of the invocation's log."""


class Function:
    """A function as its callers see it."""

    def __init__(
        self, spec: LaunchSpec, log: FunctionLog, limits: Limits = LIMITS, patience: Patience = PATIENCE
    ) -> None:
        self.log = log
        self._spec = spec
        self._limits = limits
        self._patience = patience
        self._idle: dict[_Environment, float] = {}
        """Since when, in the order of these times."""
        self._look_again: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._all: dict[_Environment, int] = {}
        """With how many invocations each has."""
        self._invocations: dict[asyncio.Task[bytes], Callable[[], None]] = {}
        """With what ends each one's response, should the function be removed."""
        self._turning_over: set[asyncio.Task[bytes]] = set()
        self._waiting = 0

    @property
    def directories(self) -> set[Path]:
        """What must be there: for environments that are running, and for those to come."""
        specs = [self._spec, *(environment.spec for environment in self._all)]
        return {directory for spec in specs for directory in spec.directories}

    async def admit(self) -> None:
        """Wait for room while invocations that have responded end; then `invoke`. Raises Throttled."""
        if self._has_room():
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ROOM_SECONDS):
                while not self._has_room() and self._turning_over:
                    await asyncio.wait(self._turning_over, return_when=asyncio.FIRST_COMPLETED)
        if not self._has_room():
            self.log.warning(
                f"throttled: {self._spec.reserved_concurrency} invocations at once are reserved for it"
            )
            raise Throttled

    def _has_room(self) -> bool:
        return has_room(len(self._invocations), self._spec.reserved_concurrency)

    def invoke(self, invocation: Invocation, receiver: ResponseReceiver) -> Running:
        """Begin an invocation."""
        watched = _Watched(receiver, lambda: self._turning_over.add(task))
        task = asyncio.get_running_loop().create_task(self._run(invocation, watched))
        self._invocations[task] = lambda: watched.end(
            FunctionError.internal(invocation.request_id, "the function was removed")
        )
        task.add_done_callback(self._invocations.pop)
        task.add_done_callback(self._turning_over.discard)
        return Running(watched.responded, task)

    async def renew(self, spec: LaunchSpec) -> None:
        """Start environments by another spec from now on; running invocations end on the old one."""
        self._spec = spec
        idle, self._idle = self._idle, {}
        await asyncio.gather(*map(self._discard, idle))

    async def close(self) -> None:
        """Stop all invocations and end every environment."""
        if self._look_again is not None:
            self._look_again.cancel()
        running = list(self._invocations)
        for task, end in self._invocations.items():
            end()
            task.cancel()
        await asyncio.gather(*running, *self._ending, return_exceptions=True)
        await asyncio.gather(*(environment.close() for environment in self._all))
        self._all.clear()

    async def _run(self, invocation: Invocation, watched: "_Watched") -> bytes:
        try:
            return await self._serve(invocation, watched)
        except Exception as error:  # noqa: BLE001 (whatever it is, nobody waits for ever)
            failure = FunctionError.internal(invocation.request_id, error)
            self.log.warning(f"an invocation failed in the local Lambda itself: {failure.message}")
            watched.end(failure)
            return b""

    async def _serve(self, invocation: Invocation, watched: "_Watched") -> bytes:
        environment, ending = await self._take(), None
        try:
            ending = await environment.invoke(invocation, watched)
        finally:
            await self._put_back(environment, usable=ending is not None and ending.usable)
        return ending.log_tail

    async def _put_back(self, environment: _Environment, *, usable: bool) -> None:
        self._all[environment] -= 1
        if self._all[environment] > 0:
            return
        if usable and environment.spec is self._spec:
            self._keep(environment)
        else:
            await self._discard(environment)

    async def _take(self) -> _Environment:
        deadline = asyncio.get_running_loop().time() + _TURNOVER_SECONDS
        while True:
            if (environment := self._with_room() or await self._take_idle()) is not None:
                self._all[environment] += 1
                return environment
            remaining = deadline - asyncio.get_running_loop().time()
            if self._waiting >= len(self._turning_over) or remaining <= 0:
                break
            self._waiting += 1
            try:
                await asyncio.wait(self._turning_over, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._waiting -= 1
        kind = ExecutionEnvironment if self._spec.max_concurrency is None else ManagedEnvironment
        environment = kind(self._spec, self.log, self._limits)
        self._all[environment] = 1
        return environment

    def _with_room(self) -> _Environment | None:
        """Return an environment at work that takes one more invocation beside."""
        if self._spec.max_concurrency is None:
            return None
        for environment, count in self._all.items():
            fits = environment.spec is self._spec and 0 < count < environment.capacity
            if fits and environment.alive:
                return environment
        return None

    async def _take_idle(self) -> _Environment | None:
        # The one used last, as Lambda does.
        while self._idle:
            environment, _ = self._idle.popitem()
            if environment.alive:
                return environment
            self.log.warning("an idle execution environment had exited; a new one starts")
            await self._discard(environment)
        return None

    def _keep(self, environment: _Environment) -> None:
        self._idle[environment] = asyncio.get_running_loop().time()
        if self._look_again is None or len(self._idle) == 2:  # the first of two is no longer the last
            self._end_overdue()

    def _end_overdue(self) -> None:
        """End what has been idle for too long, and look again when the next is."""
        if self._look_again is not None:
            self._look_again.cancel()
        loop, since = asyncio.get_running_loop(), [*self._idle.values()]
        for environment in [*self._idle][: self._patience.overdue(since, loop.time())]:
            del self._idle[environment]
            task = loop.create_task(self._discard(environment))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        moment = self._patience.look_again([*self._idle.values()])
        self._look_again = None if moment is None else loop.call_at(moment, self._end_overdue)

    async def _discard(self, environment: _Environment) -> None:
        await environment.close()
        self._all.pop(environment, None)


@dataclass(frozen=True)
class _Watched:
    """A receiver that also tells when the response has ended; its first end is the one that counts."""

    receiver: ResponseReceiver
    ending: Callable[[], None]
    responded: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, head: ResponseHead) -> None:
        await self.receiver.start(head)

    async def write(self, data: bytes) -> None:
        await self.receiver.write(data)

    def end(self, error: FunctionError | None) -> None:
        if self.responded.is_set():
            return
        self.ending()
        self.responded.set()
        try:
            self.receiver.end(error)
        except Exception as failure:  # noqa: BLE001 (the caller's, and the environment is of use to others)
            context = {"message": "A response could not be ended", "exception": failure}
            asyncio.get_running_loop().call_exception_handler(context)
