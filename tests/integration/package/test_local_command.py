"""The local Lambda as an installed command, in the folder of somebody else's project."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from local_lambda import __version__
from tests.support.package import local_wheel, pip_install
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

TEMPLATE = f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.handler
      Timeout: 60
      Runtime: python{sys.version_info.major}.{sys.version_info.minor}
      Layers: [!Sub 'arn:aws:lambda:${{AWS::Region}}:123456789012:layer:lambda-streaming:1']
      Environment: {{Variables: {{AWS_LAMBDA_EXEC_WRAPPER: /opt/python/streaming-bootstrap}}}}
      FunctionUrlConfig: {{AuthType: NONE, InvokeMode: RESPONSE_STREAM}}
"""

SOURCE = """
from lambda_streaming import streamify_response

@streamify_response
def handler(event, context):
    yield "foreign"
"""


@pytest.fixture(scope="module")
def environ() -> Mapping[str, str]:
    return {"HOME": os.environ["HOME"], "PATH": "/usr/local/bin:/usr/bin:/bin", "SAM_CLI_TELEMETRY": "0"}


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The command in an environment of its own, whose dependencies are those that are here."""
    directory = tmp_path_factory.mktemp("tool")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory], check=True)
    python = str(directory / "bin" / "python")
    pip_install(str(local_wheel()), python=python)
    [site_packages] = directory.glob("lib/python*/site-packages")
    here = {path for path in sys.path if Path(path, "samcli").is_dir()}
    (site_packages / "dependencies.pth").write_text("\n".join(here))
    return str(directory / "bin" / "streaming-local-lambda")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(SOURCE)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return tmp_path


def test_it_serves_the_template_of_the_folder_with_the_streaming_layer_by_its_name(
    command: str, project: Path, environ: Mapping[str, str]
) -> None:
    with LocalLambda(None, command=[command, "start"], environ=environ, directory=project) as local:
        assert request(local.urls["Function"], "/").body == b"foreign"


def test_it_invokes(command: str, project: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run([command, "invoke"], cwd=project, env=environ, capture_output=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, b"foreign"), done.stderr


def test_it_calls_itself_by_its_name(command: str, environ: Mapping[str, str]) -> None:
    def shown(*arguments: str) -> str:
        return subprocess.run([command, *arguments], env=environ, capture_output=True, text=True).stdout

    assert shown("--version") == f"local_lambda {__version__}\n"
    assert "\n  streaming-local-lambda start --debug 5678" in shown("start", "--help")
