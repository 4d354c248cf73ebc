"""What the real `sam build` makes of the project and of its examples, each once in a run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.interpreters import interpreters
from tests.support.once import once
from tests.support.runtime_process import ROOT

EXAMPLES = ROOT / "examples"
_BUILT = Path(".aws-sam", "build", "template.yaml")
_SAM = Path(sys.executable).with_name("sam")

Built = Callable[[str], Path]


def _sam_build(project: Path, directory: Path) -> None:
    done = subprocess.run(
        [_SAM, "build", "--build-dir", (directory / _BUILT).parent],
        cwd=project,
        env={**os.environ, "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def built_template() -> Path:
    """The project's template after `sam build`, in a directory of its own."""
    return once("project", lambda directory: _sam_build(ROOT, directory)) / _BUILT


@pytest.fixture(scope="session")
def built() -> Built:
    """Build an example; return its template, built. Other files may be put beside it."""

    def build(name: str) -> Path:
        if (EXAMPLES / name / "src" / "requirements.txt").exists() and "3.13" not in interpreters():
            pytest.skip("needs python3.13 on PATH, with which `sam build` installs the requirements.txt")
        return once(f"example-{name}", lambda directory: _sam_build(EXAMPLES / name, directory)) / _BUILT

    return build
