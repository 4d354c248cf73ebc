"""The process of an execution environment with its Runtime API: its start, and how it ends.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import asyncio
import contextlib
import signal
from typing import Any

from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import SHUTDOWN_SECONDS
from local_lambda.platform.invocation import TIMED_OUT, FunctionError
from local_lambda.platform.report import timed_out
from local_lambda.platform.runtime_api.base import BaseRuntimeApi
from local_lambda.process.launch_spec import LaunchSpec
from local_lambda.process.process import RuntimeProcess
from local_lambda.process.source_names import SourceNames

# A runtime that has reported an init error exits by itself, after its last log lines.
_INIT_ERROR_EXIT_SECONDS = 2.0


class Sandbox:
    """Is started once. ``process`` is None until then."""

    def __init__(self, spec: LaunchSpec, log: FunctionLog, api: BaseRuntimeApi) -> None:
        self._spec = spec
        self._log = log
        self._api = api
        self.process: RuntimeProcess | None = None

    @property
    def alive(self) -> bool:
        """Whether the process can still take an invocation."""
        return self.process is not None and self.process.alive

    async def init(self, request_id: str, seconds: float) -> FunctionError | None:
        """Start the process, and wait for its first GET /next; return why there is none, in the end."""
        try:
            return await self._init(request_id, seconds)
        except Exception as error:  # noqa: BLE001 (whatever it is, the caller gets an end)
            return FunctionError.internal(request_id, error)

    async def _init(self, request_id: str, seconds: float) -> FunctionError | None:
        address, spec = await self._api.listen(), self._spec
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
        self.process = process
        self._api.is_peer = process.is_peer
        initialised = asyncio.ensure_future(self._api.initialised())
        await first(initialised, process.exited, seconds)
        if process.exited.done():
            await self._api.settle()
        if not initialised.done():
            initialised.cancel()
            return self.error(request_id)
        if initialised.result() is not None:
            await first(process.exited, process.exited, _INIT_ERROR_EXIT_SECONDS)
        return initialised.result()

    def error(self, request_id: str) -> FunctionError:
        """Return Lambda's error for a runtime that has exited, or that took too long."""
        if self.process is not None and self.process.exited.done():
            return _exit_error(self.process.status, request_id)
        return FunctionError.of(TIMED_OUT, f"RequestId: {request_id} Error: {timed_out(self._spec.timeout)}")

    def drain_output(self) -> None:
        """Log what the process has written so far."""
        if self.process is not None:
            self.process.drain_output()

    async def close(self) -> None:
        """Shut down: end the process and all that it has started; by SIGTERM first where an extension is."""
        if self.process is not None:
            if self._api.has_extensions and self.alive:
                await self.process.terminate(SHUTDOWN_SECONDS)
            await self.process.kill()
        await self._api.close()


async def first(one: asyncio.Future[Any], other: asyncio.Future[Any], seconds: float) -> None:
    """Wait for either, no longer than that."""
    await asyncio.wait({one, other}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


def _exit_error(status: int | None, request_id: str) -> FunctionError:
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
