"""The levels of local_lambda are a contract: an import that reaches up, or a room without a level, fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.runtime_process import ROOT


def lint(directory: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "local_lambda", tmp_path / "local_lambda", ignore=ignored)
    return tmp_path


def test_the_house_as_it_is(copied: Path) -> None:
    found = lint(copied)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ("model/limits.py", "local_lambda.platform.invocation"),
        ("http/message.py", "local_lambda.log.history"),
        ("process/launch_spec.py", "local_lambda.platform.function"),
        ("sam/template.py", "local_lambda.process.prepare"),
        ("platform/function.py", "local_lambda.endpoints.errors"),
        ("endpoints/endpoint.py", "local_lambda.cli.deployment"),
        ("endpoints/streaming.py", "local_lambda.endpoints.rest_api.response"),
        ("endpoints/rest_api/handler.py", "local_lambda.endpoints.function_url.errors"),
    ],
)
def test_an_import_that_reaches_up(copied: Path, lower: str, upper: str) -> None:
    file = copied / "local_lambda" / lower
    file.write_text(f"{file.read_text()}\nimport {upper}\n")
    found = lint(copied)
    assert found.returncode != 0
    importer = "local_lambda." + lower.removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {upper}" in " ".join(found.stdout.split())  # it wraps long lines


def test_a_room_without_a_level(copied: Path) -> None:
    (copied / "local_lambda" / "attic").mkdir()
    (copied / "local_lambda" / "attic" / "__init__.py").touch()
    found = lint(copied)
    assert found.returncode != 0
    assert "local_lambda.attic" in found.stdout
