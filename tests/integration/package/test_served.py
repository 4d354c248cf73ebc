"""The package in functions' folders, behind the local Lambda: by each way that needs no layer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambda_streaming._command import wrapper
from tests.support.interpreters import interpreters
from tests.support.package import install_into
from tests.support.runtime_process import ROOT
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

SOURCE = """
import sys
from lambda_streaming import streamify_response

@streamify_response
def handler(event, context):
    yield sys.modules["__main__"].__file__.rpartition("/")[2]
    yield " %d.%d" % sys.version_info[:2]
"""

MANAGED = "import sys\ndef handler(event, context): return 'managed %d.%d' % sys.version_info[:2]\n"

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHER = next((version for version in interpreters() if version != OWN), OWN)

FUNCTION = """
  {name}:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: {code}
      Handler: app.handler
      Timeout: 60
      Runtime: python{runtime}
      FunctionUrlConfig: {{AuthType: NONE, InvokeMode: RESPONSE_STREAM}}
      Environment: {{Variables: {{{variables}}}}}
"""
FUNCTIONS = {
    "Alone": ("streams", OWN, 'LAMBDA_STREAMING: "1"'),
    "AloneElsewhere": ("streams", OTHER, 'LAMBDA_STREAMING: "1"'),
    "Wrapped": ("streams", OWN, "AWS_LAMBDA_EXEC_WRAPPER: /var/task/streaming-bootstrap"),
    "Unasked": ("managed", OWN, "A: b"),
    "Disabled": ("managed", OTHER, 'LAMBDA_STREAMING: "1", LAMBDA_STREAMING_DISABLED: "1"'),
}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    project = tmp_path_factory.mktemp("project")
    for folder, source in {"streams": SOURCE, "managed": MANAGED}.items():
        install_into(project / folder)
        (project / folder / "app.py").write_text(source)
    own = project / "streams" / "streaming-bootstrap"
    own.write_text(wrapper())
    own.chmod(0o755)
    resources = "".join(
        FUNCTION.format(name=name, code=code, runtime=runtime, variables=variables)
        for name, (code, runtime, variables) in FUNCTIONS.items()
    )
    template = project / "template.yaml"
    template.write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:{resources}")
    with LocalLambda(template) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Alone", f"bootstrap.py {OWN}"),
        ("AloneElsewhere", f"bootstrap.py {OTHER}"),
        ("Wrapped", f"__main__.py {OWN}"),
        ("Unasked", f'"managed {OWN}"'),
        ("Disabled", f'"managed {OTHER}"'),
    ],
)
def test_a_url_has_what_the_way_serves(local: LocalLambda, name: str, body: str) -> None:
    response = request(local.urls[name], "/")
    assert (response.status, response.body.decode()) == (200, body)


BY_ARN = """
  {name}:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: |
        def handler(event, response_stream, context): response_stream.write("streamed")
      Handler: index.handler
      Timeout: 60
      Runtime: python{runtime}
      Layers: [!Sub 'arn:aws:lambda:${{AWS::Region}}:${{AWS::AccountId}}:layer:{layer}:3']
      Environment: {{Variables: {{AWS_LAMBDA_EXEC_WRAPPER: /opt/python/streaming-bootstrap}}}}
      FunctionUrlConfig: {{AuthType: NONE, InvokeMode: RESPONSE_STREAM}}
"""


def test_layers_by_arn(tmp_path: Path) -> None:
    """The streaming layer by its name; another by --layer; a third is nowhere, and its 502 says so."""
    names = {"Known": "lambda-streaming", "Given": "shared", "Missing": "elsewhere"}
    resources = "".join(BY_ARN.format(name=name, layer=layer, runtime=OWN) for name, layer in names.items())
    template = tmp_path / "template.yaml"
    template.write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:{resources}")
    with LocalLambda(template, "--layer", f"shared={ROOT / 'layers' / 'opt'}") as local:
        for name in ("Known", "Given"):
            assert request(local.urls[name], "/").body == b"streamed"
        assert request(local.urls["Missing"], "/").status == 502
        local.wait_for("Missing | /opt/python/streaming-bootstrap: does not exist; left out")
        local.wait_for("layer:elsewhere:3 (--layer ARN=FOLDER|ZIP|PACKAGE)")
