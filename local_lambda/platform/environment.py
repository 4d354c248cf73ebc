"""One execution environment: a runtime process with its Runtime API, from Init to Shutdown.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass

from local_lambda.log.terminal import EnvironmentLog, FunctionLog
from local_lambda.model.limits import INIT_SECONDS, LIMITS, Limits
from local_lambda.platform.invocation import (
    FunctionError,
    Invocation,
    ResponseReceiver,
    deadline_ms,
)
from local_lambda.platform.report import Report, log_end, log_failure, log_init, log_start
from local_lambda.platform.runtime_api.server import RuntimeApi
from local_lambda.platform.sandbox import Sandbox, first
from local_lambda.process.launch_spec import LaunchSpec
from local_lambda.process.process import RuntimeProcess


@dataclass(frozen=True)
class Ending:
    """How an invocation has ended, for its environment."""

    usable: bool
    """The environment can be used again."""
    log_tail: bytes
    """The last 4 KB of the invocation's log."""


class ExecutionEnvironment:
    """Serves one invocation at a time. Cannot be used again once `invoke` has said so."""

    capacity = 1

    def __init__(self, spec: LaunchSpec, log: FunctionLog, limits: Limits = LIMITS) -> None:
        self.spec = spec
        self._log = EnvironmentLog(log)
        self._api = RuntimeApi(spec.function_arn, self._log, limits)
        self._sandbox = Sandbox(spec, self._log, self._api)
        self._function_error: FunctionError | None = None

    @property
    def alive(self) -> bool:
        """Whether the process can still take an invocation."""
        return self._sandbox.alive

    async def invoke(self, invocation: Invocation, receiver: ResponseReceiver) -> Ending:
        """Run one invocation to its end: until the runtime asks for the next one."""
        init_duration, failure = None, None
        self._log.begin(invocation.request_id)
        self._function_error = None
        if self._sandbox.process is None:
            init_duration, failure = await self._timed_init(invocation.request_id)
        self._sandbox.drain_output()
        log_start(self._log, invocation.request_id)
        started = time.monotonic()
        if failure is not None:
            receiver.end(failure)
        else:
            # Lambda restarts the process after such an Init, and the second one has the function's timeout:
            # the same bound as here, with one more start.
            overdue = max(0.0, (init_duration or 0.0) - INIT_SECONDS)
            failure = await self._guarded_run(invocation, receiver, self.spec.timeout - overdue)
        self._report(invocation.request_id, time.monotonic() - started, init_duration, failure)
        return Ending(failure is None and self.alive, self._log.tail)

    async def close(self) -> None:
        """Shut down."""
        await self._sandbox.close()

    async def _timed_init(self, request_id: str) -> tuple[float, FunctionError | None]:
        started = time.monotonic()
        failure = await self._sandbox.init(request_id, INIT_SECONDS + self.spec.timeout)
        duration = time.monotonic() - started
        if failure is not None:
            self._sandbox.drain_output()
            log_init(self._log, duration, failure)
        return duration, failure

    async def _guarded_run(
        self, invocation: Invocation, receiver: ResponseReceiver, seconds: float
    ) -> FunctionError | None:
        try:
            return await self._run(invocation, receiver, seconds)
        except Exception as error:  # noqa: BLE001 (whatever it is, the caller gets an end)
            failure = FunctionError.internal(invocation.request_id, error)
            receiver.end(failure)
            return failure

    async def _run(
        self, invocation: Invocation, receiver: ResponseReceiver, seconds: float
    ) -> FunctionError | None:
        """Dispatch and wait; return the error that the platform, not the runtime, has found."""
        process = self._sandbox.process
        assert process is not None
        deadline = time.monotonic() + seconds
        done = self._api.hand_over(invocation, deadline_ms(time.time(), seconds), receiver)
        try:
            await first(done, process.exited, seconds)
            if process.exited.done() and not done.done():
                await self._pass_on_the_rest(process, deadline)
            if done.done():
                self._function_error = done.result()
                return None
        finally:
            done.cancel()
        failure = self._sandbox.error(invocation.request_id)
        process.peak_memory_mb()
        # In this order, without a turn of the event loop in between: the error is the timeout, not the
        # connection that breaks when the process is killed.
        process.signal_kill()
        await self._api.abort(failure)
        await process.kill()
        return failure

    async def _pass_on_the_rest(self, process: RuntimeProcess, deadline: float) -> None:
        """Pass on what an exited process has left behind, to a slow client too, within the timeout."""
        await process.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline - time.monotonic()):
                await self._api.settle()

    def _report(
        self, request_id: str, duration: float, init_duration: float | None, failure: FunctionError | None
    ) -> None:
        self._sandbox.drain_output()
        status, error_type = log_failure(self._log, request_id, self.spec.timeout, failure)
        process = self._sandbox.process
        used = process.peak_memory_mb() if process is not None else 0
        report = Report(
            request_id=request_id,
            duration=duration,
            memory_size=self.spec.memory,
            memory_used=used,
            init_duration=init_duration,
            status=status,
            error_type=error_type,
        )
        log_end(self._log, report, self._function_error)
        error = failure or self._function_error
        self._log.end((error.type, error.body) if error else None)
