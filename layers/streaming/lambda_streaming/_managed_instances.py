"""Lambda Managed Instances: N invocations at a time in one environment, by default by N worker processes.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-python-runtime.html
"""

from __future__ import annotations

import os
import time

from lambda_streaming import _log
from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._invocation_loop import InvocationLoop
from lambda_streaming._runtime_client import RuntimeClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from lambda_streaming._invocation import Invocation
    from lambda_streaming._shared_loop import SharedLoop

    Loop: TypeAlias = InvocationLoop | SharedLoop
    Serve: TypeAlias = Callable[[RuntimeClient, Callable[[RuntimeClient, Callable[..., Any]], Loop]], int]

_STDOUT, _STDERR = 1, 2
# Seconds between the attempts to get the next invocation.
PAUSES = (0.1, 0.2, 0.4, 0.8)


def run(serve: Serve, address: str) -> int:
    """Start AWS_LAMBDA_MAX_CONCURRENCY workers, which each ``serve``; return the exit status of the process.

    The workers import the function each for itself, so that nothing of it is shared. With
    LAMBDA_STREAMING_SHARED=1 invocations share event loops.
    """
    count = int(os.environ["AWS_LAMBDA_MAX_CONCURRENCY"])
    if os.environ.get("LAMBDA_STREAMING_SHARED", "").lower() in ("1", "true"):
        from lambda_streaming import _shared_processes

        return _shared_processes.run(serve, address, count)
    announce(count, count)
    workers = []
    for _ in range(count):
        worker = os.fork()
        if worker == 0:
            connect_output(os.environ.get("_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET"))
            return serve(WorkerClient(address), WorkerLoop)
        workers.append(worker)
    for worker in workers:
        os.waitpid(worker, 0)
    return 0


def announce(workers: int, concurrency: int) -> None:
    """Log the start of the workers; the telemetry descriptor, if any, is for this process alone."""
    event = "runtime_worker_pool_initializing"
    _log.debug({"event": event, "workerCount": workers, "executionEnvironmentMaxConcurrency": concurrency})
    _log.state.sink.close()


def connect_output(path: str | None) -> None:
    """Give this worker its own connections to Lambda's log for stdout and stderr."""
    if not path:
        return
    import socket

    for descriptor in (_STDOUT, _STDERR):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(None)  # a default timeout would leave the descriptor non-blocking
            connection.connect(path)
            os.dup2(connection.fileno(), descriptor)


class WorkerClient(RuntimeClient):
    """Tries again where /next fails: one failure must not cost the environment a worker."""

    def next(self) -> Invocation:
        """Wait for the next invocation. Raises RuntimeApiError when the last attempt has failed, too."""
        for pause in PAUSES:
            try:
                return super().next()
            except RuntimeApiError as error:
                _log.warning(f"This worker got no invocation, and tries again: {error}")
            time.sleep(pause)
        return super().next()


class WorkerLoop(InvocationLoop):
    """Goes on where a response could not be brought to Lambda."""

    def serve(self, invocation: Invocation) -> None:
        """Serve one invocation."""
        try:
            super().serve(invocation)
        except (RuntimeApiError, OSError) as error:
            self._client.close()
            _log.warning(f"The response was not taken, and this worker goes on: {error}")
