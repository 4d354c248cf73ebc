"""One execution environment: a runtime process with its Runtime API, from Init to Shutdown.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_lambda.invocation import FunctionError, Invocation, ResponseReceiver
from local_lambda.log import FunctionLog
from local_lambda.report import Report, end_line, init_report_line, start_line
from local_lambda.runtime_api import RuntimeApi
from local_lambda.runtime_process import RuntimeProcess

# The time that Init has. What it takes beyond counts into the function's timeout. (Lambda starts the process
# once more then, and lets that Init have the function's timeout: the same bound, at the price of a second
# start.)
INIT_SECONDS = 10.0
# A runtime that has reported an init error ends by itself, after it has logged the rest.
_INIT_ERROR_EXIT_SECONDS = 2.0


@dataclass(frozen=True)
class EnvironmentPlan:
    """How to start environments of a function."""

    argv: Sequence[str]
    variables: Callable[[str], Mapping[str, str]]
    """The process's environment, for an AWS_LAMBDA_RUNTIME_API."""
    directory: Path
    function_arn: str
    timeout: int
    memory: int


class ExecutionEnvironment:
    """Serves one invocation at a time. Not usable any more once `invoke` has returned False."""

    def __init__(self, plan: EnvironmentPlan, log: FunctionLog) -> None:
        self._plan = plan
        self._log = log
        self._api = RuntimeApi(plan.function_arn, log)
        self._process: RuntimeProcess | None = None

    @property
    def alive(self) -> bool:
        """Whether the process can still take an invocation."""
        return self._process is not None and not self._process.exited.done()

    async def invoke(self, invocation: Invocation, receiver: ResponseReceiver) -> bool:
        """Run one invocation to its end, which is after the response's: when the runtime asks for the next.

        Returns whether the environment can be used again.
        """
        started, init_duration, error, status = time.monotonic(), None, None, None
        if self._process is None:
            error = await self._init(invocation.request_id)
            init_duration = time.monotonic() - started
        if self._process is not None:
            self._process.drain_output()
        if init_duration is not None and error is not None:
            self._log.write(init_report_line(init_duration, error.platform_type))
        self._log.write(start_line(invocation.request_id))
        started = time.monotonic()
        if error is not None:
            status = "error"
            receiver.end(error)
        else:
            overdue = max(0.0, (init_duration or 0.0) - INIT_SECONDS)
            status, error = await self._run(invocation, receiver, self._plan.timeout - overdue)
        self._report(
            Report(
                invocation.request_id,
                time.monotonic() - started,
                self._plan.memory,
                self._process.peak_memory_mb() if self._process is not None else 0,
                init_duration,
                status,
                error.platform_type if error is not None and status == "error" else None,
            ),
            error,
        )
        return status is None and self.alive

    async def close(self) -> None:
        """Shutdown: the process and all that it has started are gone afterwards."""
        if self._process is not None:
            await self._process.kill()
        await self._api.close()

    async def _init(self, request_id: str) -> FunctionError | None:
        address = await self._api.listen()
        plan = self._plan
        try:
            process = await RuntimeProcess.start(
                plan.argv, plan.variables(address), plan.directory, self._log
            )
        except OSError as error:
            message = f"RequestId: {request_id} Error: fork/exec {plan.argv[0]}: {error.strerror}"
            return FunctionError.of("Runtime.InvalidEntrypoint", message)
        self._process = process
        initialised = asyncio.ensure_future(self._api.initialised())
        await _first(initialised, process.exited, INIT_SECONDS + plan.timeout)
        if process.exited.done():
            await self._api.settle()
        if not initialised.done():
            initialised.cancel()
            return self._platform_error(process, request_id)
        if initialised.result() is not None:
            await _first(process.exited, process.exited, _INIT_ERROR_EXIT_SECONDS)
        return initialised.result()

    async def _run(
        self, invocation: Invocation, receiver: ResponseReceiver, seconds: float
    ) -> tuple[str | None, FunctionError | None]:
        """Dispatch and wait; returns the status for the report, with what the platform found to be wrong."""
        assert self._process is not None
        process, deadline = self._process, time.monotonic() + seconds
        deadline_ms = round((time.time() + seconds) * 1000)
        done = asyncio.ensure_future(self._api.invoke(invocation, deadline_ms, receiver))
        try:
            await _first(done, process.exited, seconds)
            if process.exited.done() and not done.done():
                # A slow client may still be fetching what the process left behind.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(deadline - time.monotonic()):
                        await self._api.settle()
            if done.done():
                return None, None
        finally:
            done.cancel()
        status = "error" if process.exited.done() else "timeout"
        error = self._platform_error(process, invocation.request_id)
        process.peak_memory_mb()
        await process.kill()
        await self._api.abort(error)
        return status, error

    def _platform_error(self, process: RuntimeProcess, request_id: str) -> FunctionError:
        if process.exited.done():
            return process.exit_error(request_id)
        message = f"RequestId: {request_id} Error: Task timed out after {self._plan.timeout:.2f} seconds"
        return FunctionError.of("Sandbox.Timedout", message)

    def _report(self, report: Report, error: FunctionError | None) -> None:
        if self._process is not None:
            self._process.drain_output()
        if report.status == "timeout":
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            timed_out = f"Task timed out after {self._plan.timeout:.2f} seconds"
            self._log.write(f"{now} {report.request_id} {timed_out}")
        elif error is not None:
            self._log.write(error.message)
            self._log.write(error.type)
        self._log.write(end_line(report.request_id))
        self._log.write(str(report))


async def _first(one: asyncio.Future[Any], other: asyncio.Future[Any], seconds: float) -> None:
    await asyncio.wait({one, other}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
