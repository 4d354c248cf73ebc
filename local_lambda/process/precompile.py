"""Compiles folders of functions and layers, each for a version of Python, with that Python."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

_PROGRAM = Path(__file__).with_name("compile_folder.py")


@dataclass(frozen=True)
class Compiled:
    """What came of a folder."""

    compiled: int
    """Files that were compiled."""
    bytes: int
    """What their compiled code takes."""
    seconds: float
    """What compiling took, of a CPU's time."""
    current: int
    """Files that had been compiled before."""
    failed: Sequence[str]
    """Files that are no Python of this version."""


@dataclass(frozen=True, order=True)
class Folder:
    """A folder to compile, where Lambda unpacks it, and a Python that runs it."""

    path: Path
    unpacked: str
    python: Path


def precompile(folders: Iterable[Folder]) -> dict[Folder, Compiled]:
    """Compile folders, as many at once as there are CPUs. Raises RuntimeError when a Python fails."""
    # One Python after the other in one folder: archives may list files as they were made.
    same = [list(group) for _, group in groupby(sorted(folders), lambda one: one.path)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return {one: done for group in pool.map(_compile, same) for one, done in group}


def _compile(folders: list[Folder]) -> list[tuple[Folder, Compiled]]:
    return [(one, _compile_with(one.python, one.path, one.unpacked)) for one in folders]


def _compile_with(python: Path, path: Path, unpacked: str) -> Compiled:
    # -S: a Python's own packages are not for us. In a process of its own, it is the one whose code this is.
    command = [str(python), "-I", "-S", str(_PROGRAM), str(path), unpacked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{python} could not compile {path}: {done.stderr.strip()}")
    return Compiled(**json.loads(done.stdout))


def find_python(version: str) -> Path | None:
    """Return a CPython of this version, as released, that runs: our own, one on PATH, uv's or pyenv's."""
    return next((path for path in _candidates(version) if _is_released(path, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    name = f"python{version}"
    yield Path(sys.executable)
    yield from (Path(directory, name) for directory in os.get_exec_path())
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for versions, pattern in ((uv, f"cpython-{version}.*"), (pyenv, f"{version}.*")):
        yield from sorted(versions.glob(f"{pattern}/bin/{name}"))


def _is_released(python: Path, version: str) -> bool:
    """Whether its compiled code is what Lambda's Python of this version takes: a preview's is not."""
    code = "import sys; print(sys.implementation.cache_tag, sys.version_info.releaselevel)"
    try:
        shown = subprocess.run(
            [python, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return shown.stdout.split() == [f"cpython-{version.replace('.', '')}", "final"]
