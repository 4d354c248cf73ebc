"""One local Lambda that serves an application of each framework, with the frameworks of these tests."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.runtime_process import LAYER, ROOT
from tools.local_lambda_process import LocalLambda

APPS = ROOT / "tests" / "fixtures" / "frameworks"
FRAMEWORKS = ("starlette", "fastapi", "django", "flask")

_TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python{version}
    CodeUri: {apps}
    Timeout: 60
    MemorySize: 256
    Layers: [!Ref StreamingLayer]
    FunctionUrlConfig: {{AuthType: NONE, InvokeMode: RESPONSE_STREAM}}
    Environment:
      Variables:
        AWS_LAMBDA_EXEC_WRAPPER: /opt/python/streaming-bootstrap
        PYTHONPATH: {packages}
Resources:
  StreamingLayer:
    Type: AWS::Serverless::LayerVersion
    Metadata: {{BuildMethod: python{version}}}
    Properties: {{ContentUri: {layer}}}
"""
_FUNCTION = """\
  {name}:
    Type: AWS::Serverless::Function
    Properties: {{Handler: {module}.handler}}
"""


@pytest.fixture(scope="session")
def template() -> str:
    """A template that lacks but its functions."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = sysconfig.get_path("purelib")
    return _TEMPLATE.format(version=version, apps=APPS, packages=packages, layer=LAYER)


@pytest.fixture(scope="session")
def frameworks(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    functions = [_FUNCTION.format(name=name.title(), module=f"{name}_app") for name in FRAMEWORKS]
    path = tmp_path_factory.mktemp("frameworks") / "template.yaml"
    path.write_text(template + "".join(functions))
    with LocalLambda(path) as running:
        yield running


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A directory whose files let an application's pieces pass."""
    directory = tmp_path / "gate"
    directory.mkdir()
    return directory
