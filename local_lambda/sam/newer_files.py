"""Files that have changed since a moment: whether a build is still that of its source."""

from collections.abc import Iterable, Iterator
from pathlib import Path


def newer_file(roots: Iterable[Path], since: float) -> Path | None:
    """A file, in one of the directories or one of the roots itself, that is newer than the time given."""
    files = (file for root in roots for file in ([root] if root.is_file() else _files(root)))
    return next((file for file in files if file.stat().st_mtime > since), None)


def _files(root: Path) -> Iterator[Path]:
    if not root.is_dir():
        return
    for entry in root.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            if not entry.name.startswith(".") and entry.name not in ("__pycache__", "node_modules"):
                yield from _files(entry)
        elif entry.is_file():
            yield entry
