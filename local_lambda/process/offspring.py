"""All that an environment's process has started, found again wherever it went: by a mark that is inherited.

A process can leave its group and session (setsid) and its parent (a double fork), and start others without
its variables. It keeps its resource limits. One of them is the mark: RLIMIT_RSS, without effect since Linux
2.4.30, and ours are exabytes. It needs no rights and no process more. In a PID namespace a function and its
debugger would have other process ids than this machine and its /proc.

https://man7.org/linux/man-pages/man2/prlimit.2.html; other systems have process groups only.
"""

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Iterator

# In bytes. Each local Lambda has a range of its own.
_LEAST = 1 << 61
_MARKS = 1 << 24
# A process may start another while we look; who goes on so for ever is not waited for.
_ROUNDS = 100
_OWN = resource.getrlimit(resource.RLIMIT_RSS)


def new_marks() -> range:
    """Return marks that no other has."""
    return marks_from(_LEAST + int.from_bytes(os.urandom(4)) * _MARKS)


def marks_from(first: int) -> range:
    """Return the range of marks that begins so."""
    return range(first, first + _MARKS)


if sys.platform == "linux":

    @contextlib.contextmanager
    def marked(mark: int) -> Iterator[None]:
        """Give the mark to the processes that are started within."""
        with contextlib.suppress(OSError, ValueError):  # this system allows no such limit
            resource.setrlimit(resource.RLIMIT_RSS, (mark, _OWN[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_RSS, _OWN)

    def has_mark(pid: int, mark: int) -> bool:
        """Return whether the process has the mark."""
        return _mark(pid) == mark

    def of_mark(mark: int) -> Iterator[int]:
        """Return the ids of the processes that have the mark, but for this one."""
        return (pid for pid in _processes() if pid != os.getpid() and _mark(pid) == mark)

    def kill_marked(marks: range) -> None:
        """Send SIGKILL to every process that has one of the marks, but for this one."""
        killed = {os.getpid()}
        for _ in range(_ROUNDS):
            found = {pid for pid in _processes() if _mark(pid) in marks} - killed
            if not found:
                return
            for pid in found:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            killed |= found

    def _processes() -> Iterator[int]:
        return (int(name) for name in os.listdir("/proc") if name.isdigit())

    def _mark(pid: int) -> int:
        try:
            return resource.prlimit(pid, resource.RLIMIT_RSS)[0]
        except OSError:  # it has ended, or is another user's
            return 0

else:  # pragma: no cover - tests run on Linux

    @contextlib.contextmanager
    def marked(mark: int) -> Iterator[None]:  # noqa: ARG001
        """Start processes as ever."""
        yield

    def has_mark(pid: int, mark: int) -> bool:  # noqa: ARG001
        """Return that it has none."""
        return False

    def of_mark(mark: int) -> Iterator[int]:  # noqa: ARG001
        """Return none."""
        return iter(())

    def kill_marked(marks: range) -> None:
        """Do nothing."""
