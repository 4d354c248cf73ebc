"""Leaves no process behind, even when the local Lambda is killed with SIGKILL.

A small process of its own learns over a pipe of every process group that starts and ends. When the pipe
closes, because the local Lambda has exited, it kills the remaining groups and removes the working directory.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType


class Watchdog:
    """The local Lambda's side of the pipe."""

    def __init__(self, work: Path) -> None:
        # -S and -I: only the standard library, for a start within milliseconds.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(work)], stdin=subprocess.PIPE, start_new_session=True
        )

    def __enter__(self) -> "Watchdog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()

    def started(self, group: int) -> None:
        """Note a new process group."""
        self._tell(f"+{group}\n")

    def ended(self, group: int) -> None:
        """Note that a process group has ended."""
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(BrokenPipeError):  # without the watchdog everything else goes on
            pipe.write(line.encode())
            pipe.flush()


def _watch(work: str) -> None:
    groups = set()
    for line in sys.stdin:
        if line[0] == "+":
            groups.add(int(line[1:]))
        else:
            groups.discard(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    _watch(sys.argv[1])
