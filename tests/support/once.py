"""What takes long to make and is only looked at: made once in a run, whichever process of it asks first."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

_PLACE = "LAMBDA_STREAMING_TESTS_ONCE"  # the variable that workers of pytest-xdist inherit
_RUNS = "runs"  # a pipe that is open for as long as the run goes on
_in_worker = "PYTEST_XDIST_WORKER" in os.environ
_open: list[int] = []


def begin() -> None:
    """Make the directory that all processes of this run share."""
    if not _in_worker:
        os.environ[_PLACE] = tempfile.mkdtemp(prefix="tests-once-")
        (place() / "environ").write_text(json.dumps(dict(os.environ)))
        os.mkfifo(place() / _RUNS)
        _open.append(os.open(place() / _RUNS, os.O_RDWR))


def end() -> None:
    """Remove it with all that was made."""
    if not _in_worker:
        os.close(_open.pop())
        shutil.rmtree(os.environ.pop(_PLACE), ignore_errors=True)


def place() -> Path:
    """Return the directory that all processes of this run share."""
    return Path(os.environ[_PLACE])


def watch() -> int:
    """Return a descriptor that can be read when the run has ended, or was killed."""
    return os.open(place() / _RUNS, os.O_RDONLY)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """Return a directory that ``make`` has filled; others who ask for that name meanwhile wait.

    Nobody may change what is in it. What ``make`` raises is raised, and the next who asks tries again.
    """
    made, whole = place() / name, place() / f"{name}.whole"
    with (place() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            make(made)
            whole.touch()
    return made
