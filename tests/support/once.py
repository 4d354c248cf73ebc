"""What takes long to make and is only looked at: made once in a run, whichever process of it asks first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

Once = Callable[[str, Callable[[Path], None]], Path]


def once_in(directory: Path) -> Once:
    """Return ``once(name, make)``, for all processes that are given the same directory.

    It returns a directory of that name, which ``make`` has filled; others who ask meanwhile wait. Nobody may
    change what is in it. What ``make`` raises is raised, and the next who asks tries again.
    """
    directory.mkdir(exist_ok=True)

    def once(name: str, make: Callable[[Path], None]) -> Path:
        made, made_whole = directory / name, directory / f"{name}.whole"
        with (directory / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made_whole.exists():
                made.mkdir(exist_ok=True)
                make(made)
                made_whole.touch()
        return made

    return once


def shared_by_the_run(factory: pytest.TempPathFactory) -> Path:
    """Return a directory that all processes of pytest-xdist have in common."""
    own = factory.getbasetemp()  # a worker's is in the run's
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"
