"""What takes long to make and is made of what seldom changes: made once a week, for all runs.

It is in ``.kept``, which git ignores: a new clone, as that of ``.ci/run``, makes everything itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Container, Iterable
from pathlib import Path

from tests.support.once import once
from tools import ROOT

_DAYS = 7  # what a package index has to offer changes, too


def fingerprint(*texts: str, files: Iterable[Path] = ()) -> str:
    """Return a name for ``texts`` and ``files``: their paths, contents, and whether they can be executed."""
    found = hashlib.sha256(repr(texts).encode())
    for path in sorted(files):
        found.update(repr((str(path), os.access(path, os.X_OK))).encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:32]


def below(directory: Path, *, left_out: Container[str] = ()) -> list[Path]:
    """Return all files below a directory, but for those in directories of a name ``left_out``."""
    found = []
    for place, directories, names in os.walk(directory):
        directories[:] = [name for name in directories if name not in left_out]
        found += [Path(place, name) for name in names]
    return found


def kept(name: str, made_of: str, make: Callable[[Path], None]) -> Path:
    """Return a directory that ``make`` has filled, in this run or in one before; others wait meanwhile.

    ``made_of`` is the fingerprint of all that it is made of; another of that name is removed. In a project of
    somebody else's it is kept for this run alone. What ``make`` raises is raised.
    """
    place = _place() / name
    place.mkdir(exist_ok=True)
    made, whole = place / made_of, place / f"{made_of}.whole"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists() or time.time() - whole.stat().st_mtime > _DAYS * 86_400:
            for other in set(place.iterdir()) - {place / "lock"}:
                shutil.rmtree(other) if other.is_dir() else other.unlink()
            made.mkdir()
            make(made)
            whole.touch()
    return made


def _place() -> Path:
    for_all = ROOT / ".kept"
    with contextlib.suppress(PermissionError):
        for_all.mkdir(exist_ok=True)
    return for_all if os.access(for_all, os.W_OK) else once("kept", lambda directory: None)
