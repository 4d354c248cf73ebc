"""One execution environment: a runtime process with its Runtime API, from Init to Shutdown.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
import contextlib
import signal
import time
from datetime import UTC, datetime
from typing import Any

from local_lambda.log.terminal import EnvironmentLog, FunctionLog
from local_lambda.model.limits import INIT_SECONDS, LIMITS, SHUTDOWN_SECONDS, Limits
from local_lambda.platform.invocation import (
    SANDBOX_FAILURE,
    TIMED_OUT,
    FunctionError,
    Invocation,
    ResponseReceiver,
)
from local_lambda.platform.report import (
    Report,
    end_line,
    init_report_line,
    init_report_record,
    start_line,
    start_record,
)
from local_lambda.platform.runtime_api.server import RuntimeApi
from local_lambda.process.launch_spec import LaunchSpec
from local_lambda.process.process import RuntimeProcess
from local_lambda.process.source_names import SourceNames

# A runtime that has reported an init error exits by itself, after its last log lines.
_INIT_ERROR_EXIT_SECONDS = 2.0
_FOUND_BY_THE_PLATFORM = ("Runtime.ExitError", "Runtime.InvalidEntrypoint", SANDBOX_FAILURE)


class ExecutionEnvironment:
    """Serves one invocation at a time. Cannot be used again once `invoke` has returned False."""

    def __init__(self, spec: LaunchSpec, log: FunctionLog, limits: Limits = LIMITS) -> None:
        self.spec = spec
        self._log = EnvironmentLog(log)
        self._api = RuntimeApi(spec.function_arn, self._log, limits)
        self._process: RuntimeProcess | None = None
        self._function_error: FunctionError | None = None

    @property
    def alive(self) -> bool:
        """Whether the process can still take an invocation."""
        return self._process is not None and self._process.alive

    @property
    def log_tail(self) -> bytes:
        """The last 4 KB of the last invocation's log."""
        return self._log.tail

    async def invoke(self, invocation: Invocation, receiver: ResponseReceiver) -> bool:
        """Run one invocation to its end: until the runtime asks for the next one.

        Returns whether the environment can be used again.
        """
        init_duration, failure = None, None
        self._log.begin(invocation.request_id)
        self._function_error = None
        if self._process is None:
            init_duration, failure = await self._timed_init(invocation.request_id)
        self._drain_output()
        request_id = invocation.request_id
        self._log.platform(start_line(request_id), "platform.start", start_record(request_id))
        started = time.monotonic()
        if failure is not None:
            receiver.end(failure)
        else:
            # Lambda restarts the process after such an Init, and the second one has the function's timeout:
            # the same bound as here, with one more start.
            overdue = max(0.0, (init_duration or 0.0) - INIT_SECONDS)
            failure = await self._guarded_run(invocation, receiver, self.spec.timeout - overdue)
        self._report(invocation.request_id, time.monotonic() - started, init_duration, failure)
        return failure is None and self.alive

    async def close(self) -> None:
        """Shut down: end the process and all that it has started; by SIGTERM first where an extension is."""
        if self._process is not None:
            if self._api.has_extensions and self.alive:
                await self._process.terminate(SHUTDOWN_SECONDS)
            await self._process.kill()
        await self._api.close()

    async def _timed_init(self, request_id: str) -> tuple[float, FunctionError | None]:
        started = time.monotonic()
        try:
            failure = await self._init(request_id)
        except Exception as error:  # noqa: BLE001 (whatever it is, the caller gets an end)
            failure = FunctionError.internal(request_id, error)
        duration = time.monotonic() - started
        if failure is not None:
            self._drain_output()
            line = init_report_line(duration, failure.platform_type)
            record = init_report_record(duration, failure.platform_type)
            self._log.platform(line, "platform.initReport", record)
        return duration, failure

    async def _init(self, request_id: str) -> FunctionError | None:
        address, spec = await self._api.listen(), self.spec
        try:
            process = await RuntimeProcess.start(
                spec.argv,
                spec.variables(address),
                spec.directory,
                self._log,
                spec.watchdog,
                SourceNames(spec.copies),
                spec.namespace,
            )
        except OSError as error:
            message = f"RequestId: {request_id} Error: fork/exec {spec.argv[0]}: {error.strerror}"
            return FunctionError.of("Runtime.InvalidEntrypoint", message)
        self._process = process
        initialised = asyncio.ensure_future(self._api.initialised())
        await _first(initialised, process.exited, INIT_SECONDS + spec.timeout)
        if process.exited.done():
            await self._api.settle()
        if not initialised.done():
            initialised.cancel()
            return self._platform_error(process, request_id)
        if initialised.result() is not None:
            await _first(process.exited, process.exited, _INIT_ERROR_EXIT_SECONDS)
        return initialised.result()

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
        assert self._process is not None
        process, deadline = self._process, time.monotonic() + seconds
        deadline_ms = round((time.time() + seconds) * 1000)
        done = asyncio.ensure_future(self._api.invoke(invocation, deadline_ms, receiver))
        try:
            await _first(done, process.exited, seconds)
            if process.exited.done() and not done.done():
                await self._pass_on_the_rest(process, deadline)
            if done.done():
                self._function_error = done.result()
                return None
        finally:
            done.cancel()
        failure = self._platform_error(process, invocation.request_id)
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

    def _platform_error(self, process: RuntimeProcess, request_id: str) -> FunctionError:
        if process.exited.done():
            return _exit_error(process.status, request_id)
        message = f"RequestId: {request_id} Error: {self._timed_out}"
        return FunctionError.of(TIMED_OUT, message)

    @property
    def _timed_out(self) -> str:
        return f"Task timed out after {self.spec.timeout:.2f} seconds"

    def _drain_output(self) -> None:
        if self._process is not None:
            self._process.drain_output()

    def _report(
        self, request_id: str, duration: float, init_duration: float | None, failure: FunctionError | None
    ) -> None:
        self._drain_output()
        status, error_type = None, None
        if failure is not None and failure.type == TIMED_OUT:
            status = "timeout"
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self._log.platform(f"{now} {request_id} {self._timed_out}")
        elif failure is not None:
            status, error_type = "error", failure.platform_type
            if failure.type in _FOUND_BY_THE_PLATFORM:
                fault = f"{failure.message}\r{failure.type}"
                self._log.platform(fault, "platform.fault", fault.replace("\r", "\n"))
        used = self._process.peak_memory_mb() if self._process is not None else 0
        self._log.platform(end_line(request_id))
        report = Report(
            request_id=request_id,
            duration=duration,
            memory_size=self.spec.memory,
            memory_used=used,
            init_duration=init_duration,
            status=status,
            error_type=error_type,
        )
        self._log.platform(str(report), "platform.report", report.record(self._function_error))
        error = failure or self._function_error
        self._log.end((error.type, error.body) if error else None)


async def _first(one: asyncio.Future[Any], other: asyncio.Future[Any], seconds: float) -> None:
    await asyncio.wait({one, other}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


def _exit_error(status: int | None, request_id: str) -> FunctionError:
    """Return Lambda's error for a runtime that has exited."""
    if status is not None and status < 0:
        reason = f"Runtime exited with error: signal: {_signal_name(-status)}"
    elif status:
        reason = f"Runtime exited with error: exit status {status}"
    else:
        reason = "Runtime exited without providing a reason"
    return FunctionError.of("Runtime.ExitError", f"RequestId: {request_id} Error: {reason}")


def _signal_name(number: int) -> str:
    # Go's names, which are those in Lambda's logs.
    with contextlib.suppress(ValueError):
        return (signal.strsignal(number) or str(number)).lower()
    return str(number)
