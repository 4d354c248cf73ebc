"""Which files count as source: caches, build output and editor backups do not."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from local_lambda.model.function import FunctionConfiguration, Layer

_IGNORED = frozenset((
    ".aws-sam", ".chalice", ".git", ".gitignore", ".hg", ".svn", ".idea", ".vscode", ".venv", ".tox",
    "__pycache__", "node_modules", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".DS_Store",
    "4913",  # vim's, to see whether a directory can be written to
))  # fmt: skip
# Swap files and backups of editors, compiled Python.
_IGNORED_FORM = re.compile(r".*(\.py[cod]|\.sw.|~|\.___jb_...___|\.tmp)|\.#.*|#.*#|\.goutputstream-.*")


def ignored(name: str) -> bool:
    """Return whether a file or directory of this name is not source."""
    return name in _IGNORED or _IGNORED_FORM.fullmatch(name) is not None


def is_source(path: Path, roots: Iterable[Path]) -> bool:
    """Return whether the path is source, below one of the roots."""
    return any(
        not any(map(ignored, path.relative_to(root).parts)) for root in roots if path.is_relative_to(root)
    )


def roots_of(function: FunctionConfiguration) -> list[Path]:
    """Return the source directories of a function."""
    code = [function.code] if isinstance(function.code, Path) else []
    return [*code, *(root for layer in function.layers for root in (layer.path, *_linked(layer)))]


def _linked(layer: Layer) -> set[Path]:
    """The directories beside a layer that links in it lead to: what is zipped as it stands is found there."""
    if layer.build_method:
        return set()
    beside = layer.path.resolve().parent
    paths = (Path(place, name) for place, _, names in os.walk(layer.path) for name in names)
    targets = {path.resolve().parent for path in paths if path.is_symlink()}
    return {target for target in targets if target.is_relative_to(beside) and target != beside}


def affected(functions: Iterable[FunctionConfiguration], changed: Iterable[Path]) -> list[str]:
    """Return the logical ids of the functions that the files belong to."""
    return [
        function.logical_id
        for function in functions
        for roots in [roots_of(function)]
        if any(is_source(path, roots) for path in changed)
    ]


def newer_file(roots: Iterable[Path], since: float) -> Path | None:
    """Return a file that is newer than that time, in one of the roots or a root itself; None without one."""
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
