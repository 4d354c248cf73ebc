"""An execution environment on Lambda Managed Instances: many invocations at once, each with its own timeout.

One that times out is marked as failed, and nothing is killed: its code runs on, and so do the others.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html
"""

import asyncio
import time

from local_lambda.log.managed import ManagedLog
from local_lambda.log.terminal import EnvironmentLog, FunctionLog
from local_lambda.model.limits import LIMITS, MANAGED_INIT_SECONDS, Limits
from local_lambda.platform.environment import Ending
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseReceiver
from local_lambda.platform.report import MANAGED, ManagedReport, log_end, log_failure, log_init, log_start
from local_lambda.platform.runtime_api.managed import ManagedRuntimeApi, Turn
from local_lambda.platform.sandbox import Sandbox, first
from local_lambda.process.launch_spec import LaunchSpec

# RIE's name for an environment whose workers are all busy, or gone.
_UNAVAILABLE = "Runtime.Unavailable"


class ManagedEnvironment:
    """Serves as many invocations at a time as its ``capacity``."""

    def __init__(self, spec: LaunchSpec, log: FunctionLog, limits: Limits = LIMITS) -> None:
        self.spec = spec
        self._log = ManagedLog(log)
        self._api = ManagedRuntimeApi(spec.function_arn, self._log, limits)
        self._sandbox = Sandbox(spec, self._log, self._api)
        self._init: asyncio.Task[FunctionError | None] | None = None

    @property
    def capacity(self) -> int:
        """How many invocations it takes at once: fewer while code of timed-out ones runs on."""
        return (self.spec.max_concurrency or 1) - self._api.late

    @property
    def alive(self) -> bool:
        """Whether it can still take an invocation."""
        return self._init is None or not self._init.done() or self._sandbox.alive

    async def invoke(self, invocation: Invocation, receiver: ResponseReceiver) -> Ending:
        """Run one invocation until its response has ended, beside others."""
        request_id = invocation.request_id
        log = self._log.begin(request_id)
        failure = await self._initialised(request_id)
        usable = failure is None
        log_start(log, request_id)
        started, error = time.monotonic(), None
        if failure is not None:
            receiver.end(failure)
        else:
            failure, error = await self._guarded_run(invocation, receiver)
        self._report(log, request_id, time.monotonic() - started, failure, error)
        return Ending(usable and self._sandbox.alive, log.tail)

    async def close(self) -> None:
        """Shut down."""
        await self._sandbox.close()
        if self._init is not None:
            await asyncio.wait({self._init})

    async def _initialised(self, request_id: str) -> FunctionError | None:
        """Wait for the environment's Init, which the first invocation starts."""
        if self._init is None:
            self._init = asyncio.get_running_loop().create_task(self._timed_init(request_id))
        return await asyncio.shield(self._init)

    async def _timed_init(self, request_id: str) -> FunctionError | None:
        started = time.monotonic()
        failure = await self._sandbox.init(request_id, max(MANAGED_INIT_SECONDS, self.spec.timeout))
        duration = time.monotonic() - started
        self._sandbox.drain_output()
        log_init(self._log, duration, failure, MANAGED)
        return failure

    async def _guarded_run(
        self, invocation: Invocation, receiver: ResponseReceiver
    ) -> tuple[FunctionError | None, FunctionError | None]:
        turn = self._api.hand_over(invocation, receiver, self.spec.timeout)
        try:
            failure = await self._run(turn)
        except Exception as error:  # noqa: BLE001 (whatever it is, the caller gets an end)
            failure = FunctionError.internal(invocation.request_id, error)
        if failure is not None:
            self._api.give_up(turn, failure)
        return failure, turn.error

    async def _run(self, turn: Turn) -> FunctionError | None:
        """Wait for the end; return the error that the platform, not the runtime, has found."""
        process, request_id = self._sandbox.process, turn.invocation.request_id
        assert process is not None
        await first(turn.delivered, process.exited, max(MANAGED_INIT_SECONDS, turn.seconds))
        if not turn.delivered.done() and not process.exited.done():
            return FunctionError.of(_UNAVAILABLE, f"RequestId: {request_id} Error: no worker asked for it")
        deadline = time.monotonic() + turn.seconds
        await first(turn.finished, process.exited, turn.seconds)
        if process.exited.done() and not turn.finished.done():
            # What the process has left in its sockets is passed on.
            await process.kill()
            await self._api.settle()
            if turn.post is not None:
                await asyncio.wait({turn.finished}, timeout=max(0.0, deadline - time.monotonic()))
        return None if turn.finished.done() else self._sandbox.error(request_id)

    def _report(
        self,
        log: EnvironmentLog,
        request_id: str,
        duration: float,
        failure: FunctionError | None,
        error: FunctionError | None,
    ) -> None:
        self._sandbox.drain_output()
        status, error_type = log_failure(log, request_id, self.spec.timeout, failure)
        report = ManagedReport(request_id=request_id, duration=duration, status=status, error_type=error_type)
        log_end(log, report, error)
        ended_by = failure or error
        self._log.end(request_id, (ended_by.type, ended_by.body) if ended_by else None)
