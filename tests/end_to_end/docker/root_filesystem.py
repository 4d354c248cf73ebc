"""The root filesystem of a stand-in for Lambda's base image for Python 3.13, made from what this machine has.

It is for machines that cannot pull the real image, and holds what `sam local invoke` and a function need:

| in the image | from |
|---|---|
| `/var/lang` | a CPython 3.13 of this machine: its executable, standard library and shared libraries |
| `/var/runtime` | awslambdaric and boto3, pinned by requirements-dev.txt; `tests/fixtures/base_image/` |
| `/bin` | a shell, and the few tools that SAM's own Dockerfile runs (`mv`, `chmod`, `cp`, `rm`) |
| `/lib*` | the shared libraries that all of these name, at the places where they are here |

The real image is Amazon Linux with AWS's build of CPython; this one shows how SAM, the Runtime Interface
Emulator, the exec wrapper and the layer fit together, not how Amazon Linux behaves.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.runtime_process import ROOT

_PINS = ROOT / "requirements-dev.txt"
_TOOLS = ("sh", "mv", "chmod", "cp", "rm", "mkdir", "cat", "ls", "env")
# Of the standard library, what is large and what no function uses.
_LEFT_OUT = re.compile(
    r"(test|idlelib|lib2to3|turtledemo|tkinter|ensurepip|config-.*|(site|dist)-packages|_tkinter\..*)"
)
_LIBRARY = re.compile(r"(?:=>)?\s*(/\S+) \(0x")
_PLACE = """
import json, os, sys, sysconfig
executable = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
print(json.dumps([sys.version, executable, sys.base_prefix, sysconfig.get_path("stdlib")]))
"""


@dataclass(frozen=True)
class Python:
    """Where a CPython keeps its files."""

    version: str
    executable: Path
    prefix: Path
    standard_library: Path

    @classmethod
    def of(cls, interpreter: str) -> Python:
        """Ask ``interpreter``, which may be that of a virtual environment."""
        done = subprocess.run(
            [interpreter, "-I", "-c", _PLACE], capture_output=True, text=True, check=True, timeout=30
        )
        version, *paths = json.loads(done.stdout)
        return cls(version, *map(Path, paths))


def archive(python: Python, directory: Path) -> Path:
    """Return it as a tar file in ``directory``, made anew when what goes into it has changed."""
    target = directory / f"{_digest(python)}.tar"
    if not target.exists():
        for stale in directory.iterdir():
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
        packages = directory / "packages"
        _install_packages(packages)
        unfinished = target.with_suffix(".unfinished")
        with tarfile.open(unfinished, "w", dereference=True) as tar:
            _write(tar, python, packages)
        shutil.rmtree(packages)
        unfinished.rename(target)
    return target


def _digest(python: Python) -> str:
    digest = hashlib.sha256(f"{python}".encode())
    for source in (Path(__file__), _PINS, *_bootstrap()):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _bootstrap() -> list[Path]:
    return sorted((ROOT / "tests" / "fixtures" / "base_image").glob("bootstrap*"))


def _install_packages(directory: Path) -> None:
    """Install what Lambda ships, in the versions we develop with, for Python 3.13 whatever runs this."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--python-version", "3.13", "--only-binary=:all:", "--no-compile", "--constraint", str(_PINS)]
    done = subprocess.run(
        [*command, *options, "--target", str(directory), "awslambdaric", "boto3"],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, f"pip could not get awslambdaric and boto3:\n{done.stderr}"


def _write(tar: tarfile.TarFile, python: Python, packages: Path) -> None:
    for name, mode in {"tmp": 0o1777, "opt": 0o755, "etc": 0o755, "var/task": 0o755}.items():
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode = tarfile.DIRTYPE, mode
        tar.addfile(entry)

    tools = {tool: Path(found) for tool in _TOOLS if (found := shutil.which(tool))}
    for tool, file in tools.items():
        tar.add(file, f"bin/{tool}", filter=_as_root)
    tar.add(python.executable, "var/lang/bin/python3.13", filter=_as_root)
    tar.add(python.standard_library, "var/lang/lib/python3.13", filter=_of_the_standard_library)
    tar.add(packages, "var/runtime", filter=_as_root)
    for file in _bootstrap():
        tar.add(file, f"var/runtime/{file.name}", filter=_as_root)

    modules = [*python.standard_library.glob("lib-dynload/*.so"), *packages.rglob("*.so")]
    for library in sorted(_libraries([*tools.values(), python.executable, *modules])):
        # Debian's libraries stay where the loader looks for them; Python's own are found by LD_LIBRARY_PATH.
        own = library.is_relative_to(python.prefix) and python.prefix != Path("/usr")
        tar.add(library, f"var/lang/lib/{library.name}" if own else library.relative_to("/"), filter=_as_root)


def _libraries(files: Iterable[Path]) -> set[Path]:
    """Return the shared libraries, and the loader, that ``files`` need."""
    return {library for file in files if not _LEFT_OUT.fullmatch(file.name) for library in _needed(file)}


def _needed(file: Path) -> Iterator[Path]:
    # Fails for a file that is linked statically, which needs none.
    done = subprocess.run(["ldd", file], capture_output=True, text=True, check=False, timeout=30)
    yield from map(Path, _LIBRARY.findall(done.stdout))


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def _of_the_standard_library(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _LEFT_OUT.fullmatch(Path(entry.name).name) else _as_root(entry)
