"""Functions in JavaScript, beside the same ones in Python."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError, FunctionConfiguration
from local_lambda.process.node import NodeRuntime, find_node, node_path, notice
from tests.support.runtime_process import ROOT
from tests.support.url_client import open_request, request
from tests.unit.local_lambda.files import write
from tools.local_lambda_process import LocalLambda

FIXTURE = ROOT / "tests" / "fixtures" / "node"
# Of each answer its own.
_OWN = ("Date", "x-amzn-RequestId", "X-Amzn-Trace-Id")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    """Python and Node functions in one template."""
    try:
        find_node(
            FunctionConfiguration(
                logical_id="F", name="f", runtime="nodejs22.x", handler="index.handler", code=ROOT
            ),
            os.environ,
        )
    except ConfigurationError as error:
        pytest.skip(f"needs Node and its runtime interface client: {error}")
    project = tmp_path_factory.mktemp("node") / "project"
    shutil.copytree(FIXTURE, project)
    shutil.copy2(ROOT / "functions" / "image" / "cat.jpg", project / "image")
    for name in ("functions", "layers"):
        (project / name).symlink_to(ROOT / name)
    with LocalLambda(project / "template.yaml") as running:
        yield running


def others(headers: Message) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in headers.items() if name not in _OWN)


@pytest.mark.parametrize("function", ["Counter", "Image"])
def test_the_same_bytes_and_headers(both: LocalLambda, function: str) -> None:
    python, node = (request(both.urls[f"{language}{function}"]) for language in ("Python", "Node"))
    assert (node.status, node.complete) == (200, True), both.output
    assert node.body == python.body
    assert others(node.headers) == others(python.headers)
    assert len(node.body) > 1000


def test_it_streams(both: LocalLambda) -> None:
    connection, response = open_request(both.urls["NodeCounter"])
    assert response.readline() == b"Hello 0 \n"
    first = time.monotonic()
    assert response.read().endswith(b"Hello 100 \n")
    assert time.monotonic() - first > 1  # 100 pauses of 20 ms
    connection.close()


def test_a_handler_that_returns(both: LocalLambda) -> None:
    answer = request(both.urls["NodePlain"])
    assert answer.status == 201
    assert answer.json == {"name": "plain", "runtime": "AWS_Lambda_nodejs22.x"}
    both.wait_for("from the handler")
    assert request(both.urls["NodePlain"], "/throw").status == 502
    both.wait_for("RangeError")


ES_MODULES = """
Resources:
  Shared:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layer}
  Module:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Layers: [!Ref Shared]
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
      InlineCode: |
        import greeting from "greeting";
        export const handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.write(greeting.hello());
          stream.end();
        });
  Common:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
      InlineCode: |
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          stream.write("common");
          stream.end();
        });
  Missing:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      FunctionUrlConfig: {AuthType: NONE}
      InlineCode: |
        import { Nope } from "@aws-sdk/client-nope";
        export const handler = async () => new Nope();
  MissingInCommonJs:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      FunctionUrlConfig: {AuthType: NONE}
      InlineCode: |
        const { Nothing } = require("@aws-sdk/client-nothing/deep");
        exports.handler = async () => new Nothing();
  MissingVersion2:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs16.x
      Handler: index.handler
      FunctionUrlConfig: {AuthType: NONE}
      InlineCode: |
        const { S3 } = require("aws-sdk/gone");
        exports.handler = async () => new S3();
"""


def test_es_modules_find_packages_of_layers(both: LocalLambda, tmp_path: Path) -> None:
    files = {
        "template.yaml": ES_MODULES,
        "layer/nodejs/node_modules/greeting/package.json": '{"name": "greeting", "exports": "./index.mjs"}',
        "layer/nodejs/node_modules/greeting/index.mjs": 'export default {hello: () => "hello"};',
    }
    with LocalLambda(write(tmp_path, files) / "template.yaml") as running:
        assert request(running.urls["Module"]).body == b"hello", running.output
        assert request(running.urls["Common"]).body == b"common", running.output
        assert request(running.urls["Missing"]).status == 502
        running.wait_for("Cannot find package '@aws-sdk/client-nope'")
        running.wait_for("./scripts/node-runtime @aws-sdk/client-nope")
        assert request(running.urls["MissingInCommonJs"]).status == 502
        running.wait_for("./scripts/node-runtime @aws-sdk/client-nothing`")
        assert request(running.urls["MissingVersion2"]).status == 502
        running.wait_for("./scripts/node-runtime aws-sdk`")


def test_another_node_is_named() -> None:
    function = FunctionConfiguration(
        logical_id="Some", name="some", runtime="nodejs22.x", handler="index.handler", code=Path("/t")
    )
    runtime = NodeRuntime(Path("/n"), "24.1.0", Path("/m/node_modules/aws-lambda-ric/index.mjs"))
    assert notice(function, runtime) == "Some declares nodejs22.x; running it on Node 24.1.0"
    assert notice(function, NodeRuntime(Path("/n"), "22.1.0", runtime.client)) is None
    assert node_path(Path("/o"), "nodejs22.x", runtime) == (
        "/o/nodejs/node22/node_modules:/o/nodejs/node_modules:/m/node_modules"
    )


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    function = FunctionConfiguration(
        logical_id="Some", name="some", runtime="nodejs22.x", handler="index.handler", code=tmp_path / "code"
    )
    environ = {"PATH": str(tmp_path)}
    with pytest.raises(ConfigurationError, match=r"^Some declares nodejs22\.x, and there is no node on PATH"):
        find_node(function, environ)
    stand_in = tmp_path / "node"
    stand_in.write_text("#!/bin/sh\necho v22.1.0\n")
    stand_in.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("local_lambda.process.node.__file__", str(tmp_path / "local_lambda" / "node.py"))
    with pytest.raises(ConfigurationError, match=r"npm's aws-lambda-ric: `npm install aws-lambda-ric@4`"):
        find_node(function, environ)
    for directory, named in ((tmp_path, {}), (tmp_path / "other", {"LOCAL_LAMBDA_NODE_RUNTIME": "other"})):
        client = directory / "node_modules" / "aws-lambda-ric" / "index.mjs"
        client.parent.mkdir(parents=True)
        client.touch()
        assert find_node(function, environ | named).client == client
        assert find_node(function, environ | named).version == "22.1.0"
