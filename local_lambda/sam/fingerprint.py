"""Whether anything that a build was made of has changed since, by what the file system tells of every file.

A file's change time moves with every write, chmod and rename, and no program can set it back; a modification
time can be (`cp -p`, `git`, archives). Content is not read: a large project costs a few milliseconds.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

# None is part of what is built, and all of them change by themselves.
_IGNORED = frozenset((".aws-sam", ".git", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"))


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """Return a digest of all files of these directories, of single files, and of some words."""
    digest = hashlib.sha256(repr(words).encode())
    for path, status in sorted((str(path), _signature(status)) for path, status in _walk(paths)):
        digest.update(f"{path} {status}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def newest_change(paths: Iterable[Path]) -> int:
    """Return when a file of these, or a directory's list of files, changed last, in nanoseconds."""
    return max((status.st_ctime_ns for _, status in _walk(paths) if status), default=0)


def oldest_change(paths: Iterable[Path]) -> int:
    """Return since when all of their files have been as they are, in nanoseconds."""
    files = (status for _, status in _walk(paths) if status and not stat.S_ISDIR(status.st_mode))
    return min((status.st_ctime_ns for status in files), default=0)


def _signature(status: os.stat_result | None) -> tuple[int, ...]:
    if status is None:
        return ()
    identity = status.st_dev, status.st_ino, status.st_mode
    # A directory's times change with what is ignored in it; every name that counts is an entry of its own.
    times = () if stat.S_ISDIR(status.st_mode) else (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return (*identity, *times)


def _walk(paths: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result | None]]:
    for path in set(paths):
        yield from _entries(path, frozenset())


def _entries(path: Path, above: frozenset[tuple[int, int]]) -> Iterator[tuple[Path, os.stat_result | None]]:
    try:
        status = path.stat()  # of what a symbolic link leads to: that is what is built
    except OSError:
        yield path, None
        return
    yield path, status
    identity = status.st_dev, status.st_ino
    if stat.S_ISDIR(status.st_mode) and identity not in above:  # a link may lead back up
        for entry in path.iterdir():
            if entry.name not in _IGNORED:
                yield from _entries(entry, above | {identity})
