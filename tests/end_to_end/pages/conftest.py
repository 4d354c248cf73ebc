"""The commands of the pages, as a user runs them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import preloaded
from tests.support.package import wheel

Run = Callable[..., str]


@pytest.fixture(scope="session")
def requirement() -> str:
    """What stands for `lambda-streaming` for as long as it is not on PyPI."""
    return f"lambda-streaming @ {wheel().as_uri()}"


@pytest.fixture
def run() -> Run:
    """Run a command with the tests' own sam and Python first on PATH."""

    def run(*command: str | Path, cwd: Path, **variables: str) -> str:
        environment = {
            **os.environ,
            "PATH": preloaded.path(),
            "SAM_CLI_TELEMETRY": "0",
            **variables,
        }
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
