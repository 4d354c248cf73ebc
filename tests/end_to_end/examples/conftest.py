"""The examples: built by the real `sam`, each once, and translated as AWS translates them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda

EXAMPLES = ROOT / "examples"
_SAM = Path(sys.executable).with_name("sam")

Built = Callable[[str], Path]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build an example; return its template, built."""
    templates: dict[str, Path] = {}

    def build(name: str) -> Path:
        if name not in templates:
            directory = tmp_path_factory.mktemp(name) / ".aws-sam" / "build"
            done = subprocess.run(
                [_SAM, "build", "--build-dir", directory],
                cwd=EXAMPLES / name,
                env={**os.environ, "SAM_CLI_TELEMETRY": "0"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            templates[name] = directory / "template.yaml"
        return templates[name]

    return build


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, built: Built) -> Iterator[LocalLambda]:
    """The local Lambda with the example that the module's EXAMPLE names."""
    with LocalLambda(built(request.module.EXAMPLE)) as running:
        yield running
