"""The wheel of the runtime, built here, and the functions' folders that installers make of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.once import once
from tests.support.runtime_process import LAYER, ROOT

MANAGED_RUNTIME = ROOT / "tests" / "fixtures" / "managed_runtime"


def wheel() -> Path:
    """Build the wheel from a copy of its sources, without a network."""
    [built] = once("wheel", lambda directory: build(LAYER, directory, "-t", "wheel")).glob("*.whl")
    return built


def local_wheel() -> Path:
    """Build the wheel of the local Lambda from a copy of its sources, without a network."""
    [built] = once("local-wheel", _build_local_wheel).glob("*.whl")
    return built


def _build_local_wheel(directory: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch)
        for name in ("local_lambda", "layers", "docs"):
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "LICENSE"):
            shutil.copy(ROOT / name, project / name)
        build(project, directory, "-t", "wheel")


def build(sources: Path, directory: Path, *arguments: str) -> None:
    """Run hatchling on a copy of ``sources``."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "sources")
        shutil.copytree(sources, copy, ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "hatchling", "build", "-d", str(directory), *arguments]
        subprocess.run(command, cwd=copy, check=True, capture_output=True, timeout=300)


def pip_install(*arguments: str, python: str = sys.executable) -> None:
    """Install with pip for a Python, without a network."""
    pip = [sys.executable, "-m", "pip", "--python", python]
    command = [*pip, "install", "--quiet", "--no-deps", "--no-index", *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def install_into(directory: Path) -> None:
    """Put into a function's folder what `pip install --target` puts there."""
    unpacked = once("package", lambda target: pip_install("--target", str(target), str(wheel())))
    shutil.copytree(unpacked, directory, dirs_exist_ok=True)
