"""LAMBDA_STREAMING_SHARED=1: a process for each CPU of the environment, with its share of the invocations.

The first process imports nothing of the function: it starts the others, each of which imports it for itself,
and another where one that was serving has crashed. A synchronous handler gets a process for each invocation.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]
import os

from lambda_streaming import _log
from lambda_streaming._managed_instances import WorkerClient, WorkerLoop, announce, connect_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._managed_instances import Loop, Serve
    from lambda_streaming._runtime_client import RuntimeClient

_SHARED, _SEPARATE = b"S", b"P"
_SYNCHRONOUS = (
    "LAMBDA_STREAMING_SHARED=1 shares an event loop, which a synchronous handler would block: each of the "
    "invocations at a time has a process of its own, as without it."
)


def shares_of(concurrency: int, cpus: int) -> list[int]:
    """Return how many invocations at a time each process takes: they differ by one at most."""
    count = max(1, min(concurrency, cpus))
    return [concurrency // count + (number < concurrency % count) for number in range(count)]


def run(serve: Serve, address: str, concurrency: int) -> int:
    """Serve ``concurrency`` invocations at a time until all processes have ended; return the exit status."""
    shares = shares_of(concurrency, _cpus())
    announce(len(shares), concurrency)
    processes = _Processes(serve, address)
    for number, share in enumerate(shares):
        if (status := processes.start(share, speaks=number == 0)) is not None:
            return status
    return processes.wait(concurrency - len(shares))


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Process:
    """A process that was started, and the pipe on which it says how it serves."""

    def __init__(self, share: int, report: int) -> None:
        self.share = share
        self._report = report
        self._kind: bytes | None = None

    @property
    def kind(self) -> bytes:
        """How it serves, once it has loaded the handler; empty if it never could."""
        if self._kind is None:
            self._kind = os.read(self._report, 1)
            os.close(self._report)
        return self._kind


class _Processes:
    """The processes of the environment, as the first one sees them."""

    def __init__(self, serve: Serve, address: str) -> None:
        self._serve = serve
        self._address = address
        self._started: dict[int, _Process] = {}
        self._ends = False
        _signal.signal(_signal.SIGTERM, self._pass_on)

    def start(self, share: int, *, speaks: bool = False) -> int | None:
        """Start a process for ``share`` invocations at a time.

        Returns None here, and in the new process its exit status, when it has served; ``speaks`` is the one
        that logs what is to be logged once.
        """
        receive, report = os.pipe()
        pid = os.fork()
        if pid:
            os.close(report)
            self._started[pid] = _Process(share, receive)
            if self._ends:
                self._pass_on(_signal.SIGTERM)
            return None
        os.close(receive)
        _signal.signal(_signal.SIGTERM, _signal.SIG_DFL)
        connect_output(os.environ.get("_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET"))

        def choose(client: RuntimeClient, handler: Callable[..., Any]) -> Loop:
            from lambda_streaming._shared_handler import is_asynchronous

            shared = is_asynchronous(handler)
            os.write(report, _SHARED if shared else _SEPARATE)
            os.close(report)
            if shared:
                from lambda_streaming._shared_loop import SharedLoop

                return SharedLoop(client, handler, share)
            if speaks:
                _log.warning(_SYNCHRONOUS)
            return WorkerLoop(client, handler)

        return self._serve(WorkerClient(self._address), choose)

    def wait(self, more: int) -> int:
        """Wait for the end of all processes, of which ``more`` are needed where none can be shared."""
        if next(iter(self._started.values())).kind == _SEPARATE:
            for _ in range(more):
                if (status := self.start(1)) is not None:
                    return status
        while self._started:
            pid, wait_status = os.wait()
            process = self._started.pop(pid)
            if wait_status and not self._ends and process.kind == _SHARED:
                _log.warning(f"A process has crashed (wait status {wait_status}): another takes its place")
                if (status := self.start(process.share)) is not None:
                    return status
        return 0

    def _pass_on(self, number: int, _frame: object = None) -> None:
        self._ends = True
        for pid in tuple(self._started):
            try:
                os.kill(pid, number)
            except ProcessLookupError:  # it has just ended
                continue
