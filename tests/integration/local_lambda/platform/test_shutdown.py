"""What an environment is told, and its end: SIGTERM first where an extension has registered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.api_client import boto_client
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

RUNTIME = """#!/usr/bin/env python3
import http.client, json, os, signal, sys, time
host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")

def call(method, path, headers={}, body=None):
    connection = http.client.HTTPConnection(host, int(port))
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return response.headers, response.read()

def stop(*_):
    time.sleep(0.2)
    print("put away what was open", flush=True)
    os._exit(0)

signal.signal(signal.SIGTERM, stop)
if "EXTENSION" in os.environ:
    call("POST", "/2020-01-01/extension/register", {"Lambda-Extension-Name": "t"}, b'{"events":[]}')
while True:
    headers, _ = call("GET", "/2018-06-01/runtime/invocation/next")
    seen = dict(headers.items())
    seen["log"] = [os.environ.get("AWS_LAMBDA_LOG_" + name) for name in ("FORMAT", "LEVEL")]
    path = "/2018-06-01/runtime/invocation/" + headers["Lambda-Runtime-Aws-Request-Id"] + "/response"
    call("POST", path, {}, json.dumps(seen).encode())
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: provided.al2023, Handler: x, CodeUri: code, FunctionUrlConfig: {AuthType: NONE}}
Resources:
  With:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {EXTENSION: "1"}}
      LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: DEBUG}
  Without:
    Type: AWS::Serverless::Function
    Properties: {AutoPublishAlias: live}
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[LocalLambda]:
    (tmp_path / "code").mkdir()
    bootstrap = tmp_path / "code" / "bootstrap"
    bootstrap.write_text(RUNTIME)
    bootstrap.chmod(0o755)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    with LocalLambda(tmp_path / "template.yaml") as served:
        yield served


def test_what_an_environment_is_told(running: LocalLambda) -> None:
    """One start for all of it."""
    arn = "arn:aws:lambda:us-east-1:123456789012:function:Without"
    url = request(running.urls["Without"]).json
    assert (url["Lambda-Runtime-Invoked-Function-Arn"], url["log"]) == (f"{arn}:live", [None, None])
    assert request(running.urls["With"]).json["log"] == ["JSON", "DEBUG"]
    client = boto_client("lambda", f"http://127.0.0.1:{running.port}")
    answer = client.invoke(FunctionName="Without", Qualifier="live", TenantId="blue")
    seen = json.loads(answer["Payload"].read())
    assert seen["Lambda-Runtime-Invoked-Function-Arn"] == f"{arn}:live"
    assert seen["Lambda-Runtime-Aws-Tenant-Id"] == "blue"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName="With", Qualifier="live")
    running.stop()
    assert "With | put away what was open" in running.output
    assert "Without | put away" not in running.output
