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
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "layers" / "streaming"))

from compile_package import compile_package, compiled_name, modules  # noqa: E402 - it is beside the package

# Where Lambda unpacks the package; tracebacks name the place that a module was really loaded from.
UNPACKED = "/opt/python/lambda_streaming"
_CHECKED_HASH, _UNCHECKED_HASH = 0b11, 0b01  # PEP 552


class Project:
    """The places and the declared Pythons of a project that has a streaming layer."""

    def __init__(self, root: Path) -> None:
        template = (root / "template.yaml").read_text("utf-8")
        self.runtime = _only(r"Runtime: python(\d+\.\d+)", template)
        self.declared = re.findall(r"python(\d+\.\d+)", _only(r"CompatibleRuntimes: \[(.*?)\]", template))
        self.sources = root / "layers" / "streaming"
        self.shipped = root / "layers" / "opt" / "python"

    @property
    def package(self) -> Path:
        """The package's sources."""
        return self.sources / "lambda_streaming"

    @property
    def cache(self) -> Path:
        """Where compiled code is looked for."""
        return self.shipped / "lambda_streaming" / "__pycache__"


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
        _is_of(module, project.cache / compiled_name(module, version)) for module in modules(project.package)
    )


def _is_of(module: Path, compiled: Path) -> bool:
    try:
        data = compiled.read_bytes()
    except OSError:
        return False
    magic, flags, source_hash = data[:4], data[4:8], data[8:16]
    return (
        int.from_bytes(flags, "little") == _CHECKED_HASH
        and _imp.source_hash(int.from_bytes(magic, "little"), module.read_bytes()) == source_hash
        and f"{UNPACKED}/{module.name}".encode() in data
    )


def prune(project: Project, versions: list[str]) -> None:
    """Remove what is no compiled code of a module for one of ``versions``."""
    wanted = {compiled_name(module, version) for module in modules(project.package) for version in versions}
    for path in project.cache.glob("*"):
        if path.name not in wanted:
            path.unlink()


def bring_up_to_date(root: Path) -> list[str]:
    """Link and compile what is not as the sources are; return the declared versions that are left out."""
    project = Project(root)
    project.shipped.mkdir(parents=True, exist_ok=True)
    lock = os.open(project.shipped, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        link(project)
        stale = [version for version in project.declared if not is_current(project, version)]
        left_out = [
            version
            for version in stale
            if not compile_package(project.package, project.cache, UNPACKED, version)
        ]
        prune(project, [version for version in project.declared if version not in left_out])
    finally:
        os.close(lock)
    return left_out


def trust(cache: Path) -> None:
    """Have compiled code imported without a look at the sources: in a copy that nobody edits, a release's."""
    for compiled in cache.glob("*.pyc"):
        data = compiled.read_bytes()
        compiled.write_bytes(data[:4] + _UNCHECKED_HASH.to_bytes(4, "little") + data[8:])


def main(arguments: list[str]) -> int:
    """Compile for every declared version."""
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
