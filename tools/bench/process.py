"""One runtime process: started in its own process group, its CPU time and peak memory read from outside."""

import os
import signal
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tools.bench.server import PeerError

_SCHED_CLOCK = 2  # CPUCLOCK_SCHED of linux/posix-timers.h: the clock behind utime + stime, in nanoseconds


class RuntimeProcess:
    """A started runtime; `started` is the time just before its exec."""

    def __init__(self, argv: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (stop() closes it)
        null = os.open(os.devnull, os.O_RDONLY)
        actions = [
            (os.POSIX_SPAWN_DUP2, null, 0),
            (os.POSIX_SPAWN_DUP2, self._log.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, self._log.fileno(), 2),
        ]
        self.started = time.perf_counter_ns()
        self.pid = os.posix_spawn(argv[0], argv, environment, file_actions=actions, setpgroup=0)
        os.close(null)
        self._gone = False

    def check(self) -> None:
        """Raise PeerError with the end of its log when the process has ended."""
        if not self._gone and os.waitpid(self.pid, os.WNOHANG)[0]:
            self._gone = True
        if self._gone:
            raise PeerError(f"the runtime exited: {self.log()}")

    def log(self) -> str:
        """The last lines it printed."""
        self._log.seek(0)
        return self._log.read()[-2000:].decode(errors="replace").strip()

    def stop(self) -> None:
        """Kill the group and forget the log."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if not self._gone:
            os.waitpid(self.pid, 0)
            self._gone = True
        self._log.close()

    def cpu_ns(self) -> int:
        """CPU time (user and system, every thread) of the group."""
        return sum(time.clock_gettime_ns((~pid << 3) | _SCHED_CLOCK) for pid in self._group())

    def peak_rss(self) -> int:
        """The sum of the group's VmHWM, in bytes."""
        total = 0
        for pid in self._group():
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            total += 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
        return total

    def pss(self) -> int:
        """The sum of the group's PSS, in bytes: what processes share is counted once."""
        total = 0
        for pid in self._group():
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total

    def _group(self) -> list[int]:
        members = [self.pid]
        waiting = [self.pid]
        while waiting:
            children = Path(f"/proc/{(pid := waiting.pop())}/task/{pid}/children").read_text().split()
            waiting.extend(found := [int(child) for child in children])
            members.extend(found)
        return members
