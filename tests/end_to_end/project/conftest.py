"""The project as a user has it: built by sam, served by the local Lambda."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda


@pytest.fixture(scope="session")
def built_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's template after `sam build`, in a directory of its own."""
    build = tmp_path_factory.mktemp("project") / ".aws-sam" / "build"
    sam = Path(sys.executable).with_name("sam")
    done = subprocess.run(
        [sam, "build", "--build-dir", build, "--template", ROOT / "template.yaml"],
        cwd=ROOT,
        env={**os.environ, "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return build / "template.yaml"


@pytest.fixture(scope="session")
def local_lambda(built_template: Path) -> Iterator[LocalLambda]:
    """The local Lambda, serving the built project."""
    with LocalLambda(built_template) as serving:
        yield serving
