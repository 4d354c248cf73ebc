"""The package in functions' folders, behind the local Lambda: by each way that needs no layer."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from lambda_streaming._command import wrapper
from tests.support.interpreters import interpreters
from tests.support.package import install_into
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
        ("Disabled", f'"managed {OWN}"'),
    ],
)
def test_a_url_has_what_the_way_serves(local: LocalLambda, name: str, body: str) -> None:
    response = request(local.urls[name], "/")
    assert (response.status, response.body.decode()) == (200, body)
