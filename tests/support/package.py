"""The wheel of the runtime, built here, and the functions' folders that installers make of it."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.runtime_process import LAYER, ROOT

MANAGED_RUNTIME = ROOT / "tests" / "fixtures" / "managed_runtime"


def _kept() -> Path:
    """Make a directory that is there until the tests end."""
    directory = tempfile.mkdtemp(prefix="package-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Path(directory)


@functools.cache
def wheel() -> Path:
    """Build the wheel from a copy of its sources, without a network."""
    directory = _kept()
    build(LAYER, directory, "-t", "wheel")
    [built] = directory.glob("*.whl")
    return built


@functools.cache
def local_wheel() -> Path:
    """Build the wheel of the local Lambda from a copy of its sources, without a network."""
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch)
        for name in ("local_lambda", "layers", "docs"):
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "LICENSE"):
            shutil.copy(ROOT / name, project / name)
        directory = _kept()
        build(project, directory, "-t", "wheel")
    [built] = directory.glob("*.whl")
    return built


def build(sources: Path, directory: Path, *arguments: str) -> None:
    """Run hatchling on a copy of ``sources``."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "sources")
        shutil.copytree(sources, copy, ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "hatchling", "build", "-d", str(directory), *arguments]
        subprocess.run(command, cwd=copy, check=True, capture_output=True, timeout=300)


@functools.cache
def _unpacked() -> Path:
    directory = _kept()
    pip_install("--target", str(directory), str(wheel()))
    return directory


def pip_install(*arguments: str, python: str = sys.executable) -> None:
    """Install with pip for a Python, without a network."""
    pip = [sys.executable, "-m", "pip", "--python", python]
    command = [*pip, "install", "--quiet", "--no-deps", "--no-index", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def install_into(directory: Path) -> None:
    """Put into a function's folder what `pip install --target` puts there."""
    shutil.copytree(_unpacked(), directory, dirs_exist_ok=True)
