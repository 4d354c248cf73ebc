"""The installed package's types, found by mypy and pyright with nothing set."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.support.kept import fingerprint, kept
from tests.support.package import pip_install, wheel

SOURCE = """
from lambda_streaming import HttpResponseStream, ResponseStream, streamify_response
from lambda_streaming.testing import function_url_event, invoke


@streamify_response
def handler(event: object, response_stream: ResponseStream, context: object) -> None:
    HttpResponseStream.from_(response_stream, {"statusCode": 200}).write(b"typed")


reveal_type(invoke(handler, function_url_event("/")).status)
streamify_response(1)
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python that has the package and nothing else."""
    directory = tmp_path_factory.mktemp("typed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory], check=True)
    python = str(directory / "bin" / "python")
    pip_install(str(wheel()), python=python)
    return python


def checked(command: list[str], directory: Path) -> list[str]:
    (directory / "app.py").write_text(SOURCE.lstrip())
    environment = {
        name: value for name, value in os.environ.items() if name not in ("MYPYPATH", "PYTHONPATH")
    }
    done = subprocess.run(
        [*command, "app.py"], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    return [line for line in done.stdout.splitlines() if "app.py:" in line]


def test_mypy(python: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", python]
    # What mypy knows of the standard library's types, from run to run.
    cache = kept("mypy-installed", fingerprint(metadata.version("mypy"), sys.version), lambda directory: None)
    revealed, refused = checked([*command, "--cache-dir", str(cache)], tmp_path)
    assert revealed == 'app.py:10: note: Revealed type is "int"'
    assert refused.startswith("app.py:11: error: ")
    assert "streamify_response" in refused


def test_pyright(python: str, tmp_path: Path) -> None:
    pyright = shutil.which("pyright")
    if pyright is None:
        pytest.skip("needs pyright: no such command on PATH")
    lines = checked([pyright, "--pythonpath", python], tmp_path)
    assert any("app.py:10:" in line and 'is "int"' in line for line in lines)
    errors = [line for line in lines if " error: " in line]
    assert errors
    assert all("app.py:11:" in line for line in errors)
