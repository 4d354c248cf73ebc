"""Leaves no process behind, even when the local Lambda is killed with SIGKILL.

A process of its own (watchdog_process.py) learns over a pipe of every process group that starts and ends.
"""

import contextlib
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from local_lambda.process.offspring import new_marks

_ROOT = Path(__file__).parents[2]
_PROGRAM = """
import sys
sys.path.append(sys.argv.pop(1))
from local_lambda.process.watchdog_process import watch
watch(*sys.argv[1:])
"""


class Watchdog:
    """The local Lambda's side of the pipe."""

    def __init__(self, work: Path) -> None:
        self._marks = new_marks()
        self._unused = iter(self._marks)
        # -S and -I: only the standard library, for a start within milliseconds.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, str(_ROOT), str(work), str(self._marks[0])],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def __enter__(self) -> "Watchdog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tell("=\n")  # whoever leaves this in order removes the directory too
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()

    def new_mark(self) -> int:
        """Return the mark of a new environment."""
        return next(self._unused)

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
