"""What the real `sam build` makes of the project and of its examples, each once while it stays the same."""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from tests.support import preloaded
from tests.support.interpreters import interpreters
from tests.support.kept import below, fingerprint, kept
from tests.support.runtime_process import ROOT

EXAMPLES = ROOT / "examples"
_BUILT = Path(".aws-sam", "build", "template.yaml")

Built = Callable[[str], Path]


def _sam_build(project: Path, directory: Path) -> None:
    done = subprocess.run(
        [preloaded.command("sam"), "build", "--build-dir", (directory / _BUILT).parent],
        cwd=project,
        env={**os.environ, "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _built(name: str, project: Path) -> Path:
    """Return the built template: as an earlier run has left it, if all that goes into a build is the same."""

    def build(directory: Path) -> None:
        _sam_build(project, directory)

    own = {ROOT / "template.yaml", ROOT / "samconfig.toml", *below(ROOT / "layers" / "opt")}
    code = project if project != ROOT else ROOT / "functions"
    for directory in {code, ROOT / "functions"}:
        own.update(below(directory, left_out=("__pycache__", ".aws-sam")))
    return kept(name, fingerprint(*_builder(), files=own), build) / _BUILT


@functools.cache
def _builder() -> tuple[str, ...]:
    """What builds: versions of sam, and of the Python and the pip that it calls; where pip finds packages."""
    sam = [metadata.version(name) for name in ("aws-sam-cli", "aws-lambda-builders")]
    settings = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith("PIP_")]
    python = "no Python 3.13"
    if "3.13" in interpreters():
        code = "import sys; from importlib.metadata import version; print(sys.version, version('pip'))"
        found = subprocess.run(["python3.13", "-c", code], capture_output=True, text=True, check=False)
        python = found.stdout
    return (*sam, python, *settings)


@pytest.fixture(scope="session")
def built_template() -> Path:
    """The project's template after `sam build`, in a directory of its own."""
    return _built("project", ROOT)


@pytest.fixture(scope="session")
def built() -> Built:
    """Build an example; return its template, built. Other files may be put beside it."""

    def build(name: str) -> Path:
        if (EXAMPLES / name / "src" / "requirements.txt").exists() and "3.13" not in interpreters():
            pytest.skip("needs python3.13 on PATH, with which `sam build` installs the requirements.txt")
        return _built(f"example-{name}", EXAMPLES / name)

    return build
