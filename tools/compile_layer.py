"""Compile the streaming layer, for every Python it is declared for that this machine has.

    python tools/compile_layer.py       (./scripts/setup does it each time; quick when nothing has changed)

``sam deploy`` zips ``layers/opt``: links to the sources in ``layers/streaming``, and beside the links
``__pycache__`` with standard ``.pyc`` files. Their hashes are checked when they are imported, so an edited
source is never hidden by them. Whoever imports the sources writes to another ``__pycache__``, beside those:
what is zipped changes with the sources alone.
https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
"""

from __future__ import annotations

import _imp
import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Where Lambda unpacks the package; tracebacks name the place that a module was really loaded from.
UNPACKED = "/opt/python/lambda_streaming"
_CHECKED_HASH = 0b11  # PEP 552
_FAILED, _OTHER_PYTHON = 1, 3


class Project:
    """The places and the declared Pythons of a project that has a streaming layer."""

    def __init__(self, root: Path) -> None:
        template = (root / "template.yaml").read_text("utf-8")
        self.runtime = _only(r"Runtime: python(\d+\.\d+)", template)
        self.declared = re.findall(r"python(\d+\.\d+)", _only(r"CompatibleRuntimes: \[(.*?)\]", template))
        self.sources = root / "layers" / "streaming"
        self.shipped = root / "layers" / "opt" / "python"

    def modules(self) -> list[Path]:
        """The modules that are imported: ``__main__`` is a script, which Python compiles at every start."""
        package = self.sources / "lambda_streaming"
        return [path for path in sorted(package.glob("*.py")) if path.stem != "__main__"]

    def compiled(self, module: Path, version: str) -> Path:
        """Where the compiled code of a module is looked for."""
        name = f"{module.stem}.cpython-{version.replace('.', '')}.pyc"
        return self.shipped / "lambda_streaming" / "__pycache__" / name


def _only(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"compile_layer: template.yaml has no {pattern}")
    return found[1]


def link(project: Project) -> None:
    """Make ``layers/opt`` a mirror of the sources: a link for each file, and none too many."""
    wanted = {Path("streaming-bootstrap"), *_files(project.sources / "lambda_streaming", project.sources)}
    (project.shipped / "lambda_streaming").mkdir(parents=True, exist_ok=True)
    for path in _files(project.shipped, project.shipped):
        if path not in wanted:
            (project.shipped / path).unlink()
    for path in wanted:
        place = project.shipped / path
        target = os.path.relpath(project.sources / path, place.parent)
        if not place.is_symlink() or str(place.readlink()) != target:
            place.unlink(missing_ok=True)
            place.symlink_to(target)


def _files(directory: Path, below: Path) -> list[Path]:
    found = []
    for place, directories, names in os.walk(directory):
        directories[:] = [name for name in directories if name != "__pycache__"]
        found += [Path(place, name).relative_to(below) for name in names if not name.endswith(".pyc")]
    return found


def is_current(project: Project, version: str) -> bool:
    """Tell whether what would ship for a version of Python was made from the sources as they are."""
    return all(
        _is_of(module.read_bytes(), project.compiled(module, version), f"{UNPACKED}/{module.name}")
        for module in project.modules()
    )


def _is_of(source: bytes, compiled: Path, filename: str) -> bool:
    try:
        data = compiled.read_bytes()
    except OSError:
        return False
    magic, flags, source_hash = data[:4], data[4:8], data[8:16]
    return (
        int.from_bytes(flags, "little") == _CHECKED_HASH
        and _imp.source_hash(int.from_bytes(magic, "little"), source) == source_hash
        and filename.encode() in data
    )


def prune(project: Project, versions: list[str]) -> None:
    """Remove what is no compiled code of a module for one of ``versions``."""
    wanted = {project.compiled(module, version) for module in project.modules() for version in versions}
    for path in {*(project.shipped / "lambda_streaming" / "__pycache__").glob("*")} - wanted:
        path.unlink()


def compile_for(root: Path, version: str) -> bool:
    """Compile the modules with a Python of ``version``; tell whether there is one.

    Always all of them, in a process of its own: so the same sources become the same bytes.
    """
    for python in _pythons(version):
        command = [str(python), "-I", "-S", __file__, str(root), version]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return True
        if done.returncode == _FAILED:
            raise SystemExit(f"compile_layer: {python}: {done.stderr}")
    return False


def _pythons(version: str) -> Iterator[Path]:
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


def compile_here(project: Project, version: str) -> int:
    """Compile the modules with the running Python, if it is a CPython of that version, as released."""
    import py_compile

    tag = f"cpython-{version.replace('.', '')}"
    if sys.implementation.cache_tag != tag or sys.version_info.releaselevel != "final":
        return _OTHER_PYTHON
    for module in project.modules():
        target = project.compiled(module, version)
        py_compile.compile(
            str(module),
            cfile=str(target),
            dfile=f"{UNPACKED}/{module.name}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH,
        )
        target.chmod(0o644)  # Lambda reads it as a user of its own
    return 0


def bring_up_to_date(root: Path) -> list[str]:
    """Link and compile what is not as the sources are; return the declared versions that are left out."""
    project = Project(root)
    project.shipped.mkdir(parents=True, exist_ok=True)
    lock = os.open(project.shipped, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        link(project)
        stale = [version for version in project.declared if not is_current(project, version)]
        left_out = [version for version in stale if not compile_for(root, version)]
        prune(project, [version for version in project.declared if version not in left_out])
    finally:
        os.close(lock)
    return left_out


def main(arguments: list[str]) -> int:
    """Compile for every declared version: or, as a process of its own, for the one named."""
    if len(arguments) == 2:
        return compile_here(Project(Path(arguments[0])), arguments[1])
    root = Path(arguments[0]).resolve() if arguments else ROOT
    left_out = bring_up_to_date(root)
    if (runtime := Project(root).runtime) in left_out:
        print(
            f"Note: no Python {runtime} here to compile the layer with: it works, but cold starts are slower",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
