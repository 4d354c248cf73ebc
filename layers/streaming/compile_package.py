"""Compile a package with a Python of a given version, wherever this machine has one.

    python -I -S compile_package.py PACKAGE TARGET UNPACKED 3.13       (what `compile_package` runs)

Standard ``.pyc`` files whose hashes are checked when they are imported, so an edited source is never hidden.
https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_FAILED, _OTHER_PYTHON = 1, 3


def modules(package: Path) -> list[Path]:
    """The modules that are imported: ``__main__`` is a script, which Python compiles at every start."""
    return [path for path in sorted(package.glob("*.py")) if path.stem != "__main__"]


def compiled_name(module: Path, version: str) -> str:
    """The name under which Python ``version`` looks for the compiled code of a module."""
    return f"{module.stem}.cpython-{version.replace('.', '')}.pyc"


def compile_package(package: Path, target: Path, unpacked: str, version: str) -> bool:
    """Compile the modules of ``package`` into ``target`` with a Python of ``version``; tell if there is one.

    Tracebacks name the folder ``unpacked``. Always all modules, in a process of its own: so the same sources
    become the same bytes. Raises SystemExit where a module cannot be compiled.
    """
    for python in pythons(version):
        command = [str(python), "-I", "-S", __file__, str(package), str(target), unpacked, version]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
        if done.returncode == _FAILED:
            raise SystemExit(f"compile_package: {python}: {done.stderr}")
    return False


def pythons(version: str) -> Iterator[Path]:
    """What may be a Python of that version: the running one, uv's, pyenv's, and those on PATH."""
    name = f"python{version}"
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        yield Path(sys.executable)
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    yield from sorted(uv.glob(f"cpython-{version}.*/bin/{name}"))
    yield from sorted(pyenv.glob(f"{version}.*/bin/{name}"))
    for directory in os.get_exec_path():
        candidate = Path(directory, name)
        if candidate.exists():
            yield candidate


def compile_here(package: Path, target: Path, unpacked: str, version: str) -> int:
    """Compile with the running Python, if it is a CPython of that version, as released."""
    import py_compile

    tag = f"cpython-{version.replace('.', '')}"
    if sys.implementation.cache_tag != tag or sys.version_info.releaselevel != "final":
        return _OTHER_PYTHON
    for module in modules(package):
        compiled = target / compiled_name(module, version)
        py_compile.compile(
            str(module),
            cfile=str(compiled),
            dfile=f"{unpacked}/{module.name}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
        )
        compiled.chmod(0o644)  # Lambda reads it as a user of its own
    return 0


if __name__ == "__main__":
    sys.exit(compile_here(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
