"""Compile a function's or a layer's folder, with the Python that runs this.

    python -I -S compile_folder.py FOLDER UNPACKED       (what precompile.py beside it runs)

Standard ``.pyc`` files whose hashes are checked when they are imported: an edited source is never hidden by
them, and the same sources always become the same bytes.
https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
"""

from __future__ import annotations

import importlib.util
import json
import os
import py_compile
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

_HASHED = 1  # PEP 552: the header's flags say that a hash of the source follows


def compile_folder(folder: Path, unpacked: str) -> dict[str, object]:
    """Compile what has not been compiled; tell how much that was, and what could not be.

    Tracebacks name the folder ``unpacked``.
    """
    compiled, size, current, failed = 0, 0, 0, []
    started = time.process_time()
    for source in _modules(folder):
        below = source.relative_to(folder).as_posix()
        target = Path(importlib.util.cache_from_source(str(source)))
        if _is_of(source, target):
            current += 1
            continue
        try:
            _compile(source, target, f"{unpacked}/{below}")
        except py_compile.PyCompileError:
            target.unlink(missing_ok=True)
            failed.append(below)
            continue
        compiled, size = compiled + 1, size + target.stat().st_size
    seconds = time.process_time() - started
    return {"compiled": compiled, "bytes": size, "seconds": seconds, "current": current, "failed": failed}


def _modules(folder: Path) -> Iterator[Path]:
    """Yield the sources, always in the same order: an archive may list files as they were made."""
    for place, directories, names in os.walk(folder):
        directories[:] = sorted(name for name in directories if name != "__pycache__")
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


def _is_of(source: Path, compiled: Path) -> bool:
    """Whether compiled code was made of the source as it is; one with a time is not reproducible."""
    try:
        data = compiled.read_bytes()
    except OSError:
        return False
    return (
        data[:4] == importlib.util.MAGIC_NUMBER
        and bool(int.from_bytes(data[4:8], "little") & _HASHED)
        and data[8:16] == importlib.util.source_hash(source.read_bytes())
    )


def _compile(source: Path, target: Path, shown: str) -> None:
    py_compile.compile(
        str(source),
        cfile=str(target),
        dfile=shown,
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
    )
    target.chmod(0o644)  # Lambda reads it as a user of its own
    target.parent.chmod(0o755)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of what others have written
    json.dump(compile_folder(Path(sys.argv[1]), sys.argv[2]), sys.stdout)
