"""The real clients of PyPI and npm that tests/clients/install has installed; without them a test skips."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.runtime_process import ROOT

CLIENTS = ROOT / ".clients"
_PROGRAMS = ROOT / "tests" / "clients"
_PATIENCE = 300  # seconds: a busy machine takes long to import an SDK


def run_python(program: str, *arguments: str) -> list[Any]:
    """Run a program of tests/clients under the clients' Python; return the JSON of each line it prints."""
    return _lines([_installed("bin/python"), _PROGRAMS / program, *arguments])


def run_node(program: str, *arguments: str) -> list[Any]:
    """Run a program of tests/clients under the clients' Node.js; return the JSON of each line it prints."""
    return _lines([node(), _PROGRAMS / program, *arguments])


def run_npm(command: str, *arguments: str) -> str:
    """Run a command of an npm package under the clients' Node.js; return what it prints."""
    return _run([node(), _installed(f"node_modules/.bin/{command}"), *arguments])


def python_with(module: str) -> Path:
    """The clients' Python, when it has a module."""
    if next(CLIENTS.glob(f"lib/python*/site-packages/{module}"), None) is None:
        pytest.skip(f"needs {module} in .clients: ./tests/clients/install")
    return CLIENTS / "bin" / "python"


def node() -> Path:
    """The clients' Node.js."""
    return next(CLIENTS.glob("node_modules/node/bin/node"), None) or _installed("node_modules/node/bin/node")


def _installed(path: str) -> Path:
    found = CLIENTS / path
    if not found.exists():
        pytest.skip(f"needs .clients/{path}: ./tests/clients/install")
    return found


def _lines(command: Sequence[str | Path]) -> list[Any]:
    return [json.loads(line) for line in _run(command).splitlines()]


def _run(command: Sequence[str | Path]) -> str:
    environment = {**os.environ, "NODE_PATH": str(CLIENTS / "node_modules")}
    done = subprocess.run(
        command, env=environment, cwd=CLIENTS, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
