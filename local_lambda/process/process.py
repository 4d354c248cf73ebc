"""The process of an execution environment, started as Lambda starts it, in a process group of its own."""

import asyncio
import contextlib
import errno
import os
import re
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from local_lambda.log.terminal import FunctionLog
from local_lambda.process.executable import check_executable
from local_lambda.process.log_pipe import LogPipe
from local_lambda.process.namespace import Namespace
from local_lambda.process.offspring import has_mark, kill_marked, marked, of_mark
from local_lambda.process.peer import Address, holds, socket_of
from local_lambda.process.source_names import SourceNames
from local_lambda.process.watchdog import Watchdog

# A lower priority. Environments beyond one for each CPU get it, so that they leave CPU time to the process
# that passes all their bytes on: of 200 counters at once the 99th percentile of the gaps was 220 ms with 5,
# 80 with 10, 50 with 13 and with 19. Linux compares priorities within a session only (its autogroups), so
# functions stay in ours, each in a process group of its own. Not the lowest: beside a compiler that takes
# all CPUs, a function of priority 19 was seen to get no CPU time for a minute; with 13, beside four busy
# processes, a counter took three times its time.
_NICE = 13
_PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")


class RuntimeProcess:
    """A running runtime and everything that it starts."""

    _running: ClassVar[set[int]] = set()

    def __init__(
        self, process: asyncio.subprocess.Process, mark: int, output: LogPipe, watchdog: Watchdog
    ) -> None:
        self._process = process
        self._mark = mark
        self._output = output
        self._watchdog = watchdog
        self._peak_mb = 0
        self._is_marked = has_mark(process.pid, mark)
        self.exited = asyncio.ensure_future(process.wait())

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        variables: Mapping[str, str],
        directory: Path,
        log: FunctionLog,
        watchdog: Watchdog,
        names: SourceNames,
        namespace: Namespace | None = None,
    ) -> "RuntimeProcess":
        """Start a process. Raises OSError when the file cannot be executed, or not with these variables."""
        for name, value in variables.items():
            if "\0" in value:
                raise OSError(errno.EINVAL, f"the variable {name} has a NUL character, which ends it")
        if namespace is not None:
            check_executable(Path(argv[0]))
            argv = namespace.command(argv, directory)
        output, mark = LogPipe(log, names), watchdog.new_mark()
        try:
            with marked(mark):
                process = await asyncio.create_subprocess_exec(
                    *argv,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output.writer,
                    stderr=output.writer,
                    env=dict(variables),
                    cwd=directory,
                    process_group=0,
                )
        except BaseException:
            output.started()
            output.close()
            raise
        output.started()
        watchdog.started(process.pid)
        cls._running.add(process.pid)
        if len(cls._running) > (os.cpu_count() or 1):
            with contextlib.suppress(ProcessLookupError):
                own = os.getpriority(os.PRIO_PROCESS, 0)  # ours may be lower already: nobody may raise one
                os.setpriority(os.PRIO_PROCESS, process.pid, max(own, _NICE))
        return cls(process, mark, output, watchdog)

    @property
    def alive(self) -> bool:
        """Whether the process has not exited; `exited` may follow a moment later."""
        if self.exited.done():
            return False
        if not hasattr(os, "waitid"):  # macOS before Python 3.13
            return True
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        except ChildProcessError:
            return False

    @property
    def pid(self) -> int:
        """The id of the process, and of its process group."""
        return self._process.pid

    def is_peer(self, client: Address, server: Address) -> bool:
        """Return whether this process, or one that it has started, has made a connection.

        True where the system does not tell, or can no longer: the process has exited.
        """
        inode = socket_of(client, server) if self._is_marked else None
        if inode is None:
            return True
        held = inode and (holds([self.pid], inode) or holds(of_mark(self._mark), inode))
        return bool(held) or self._is_exiting

    @property
    def _is_exiting(self) -> bool:
        """Whether the process has exited, or has closed all its files on the way, which is before."""
        try:
            return not self.alive or not any(Path(f"/proc/{self.pid}/fd").iterdir())
        except OSError:
            return True

    def drain_output(self) -> None:
        """Log what the process has written so far."""
        self._output.drain()

    def signal_kill(self) -> None:
        """Send SIGKILL to the process and all that it has started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        kill_marked(range(self._mark, self._mark + 1))

    async def terminate(self, seconds: float) -> None:
        """Send SIGTERM to the process and all that it has started; wait so long for the process to exit."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGTERM)
        await asyncio.wait({self.exited}, timeout=seconds)

    async def kill(self) -> None:
        """End the process and all that it has started."""
        self.signal_kill()
        await self.exited
        self._output.close()
        self._watchdog.ended(self.pid)
        self._running.discard(self.pid)

    @property
    def status(self) -> int | None:
        """How the process has ended: its exit status, a signal's number negated, or None."""
        return self._process.returncode

    def peak_memory_mb(self) -> int:
        """Return the peak memory of the process in MB; 0 where the system does not tell."""
        with contextlib.suppress(OSError), open(f"/proc/{self.pid}/status", "rb", buffering=0) as status:
            if peak := _PEAK.search(status.read()):
                self._peak_mb = max(self._peak_mb, -(-int(peak[1]) // 1024))
        return self._peak_mb
