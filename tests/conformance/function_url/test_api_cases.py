"""What AWS does: the cases of Invoke and InvokeWithResponseStream."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.conformance.function_url.test_cases import API, CASES, RAW
from tests.support.api_client import boto_client
from tests.support.url_client import Answer, request
from tools.local_lambda_process import LocalLambda

FAILING = 'def handler(event, context):\n    raise Exception("Handler fails")\n'


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Functions without a URL."""
    root = tmp_path_factory.mktemp("api")
    (root / "app.py").write_text(FAILING)
    wrapper = {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/nowhere"}}
    resources = {
        "Raw": _function(RAW, Runtime="provided.al2023", Timeout=1),
        "Failing": _function(root, Runtime="python3.11"),
        "Unwrapped": _function(root, Runtime="python3.11", Environment=wrapper),
    }
    template = root / "template.json"
    template.write_text(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}))
    with LocalLambda(template, ports=1) as running:
        yield f"http://127.0.0.1:{running.port}"


def _function(code: Path, **properties: Any) -> dict[str, Any]:
    common = {"Handler": "app.handler", "CodeUri": str(code)}
    return {"Type": "AWS::Serverless::Function", "Properties": common | properties}


def _raw(path: str, **query: str) -> bytes:
    return json.dumps({"rawPath": path, "queryStringParameters": query}).encode()


def _invoke(endpoint: str, case: dict[str, Any], name: str, event: bytes = b"{}") -> Answer:
    answer = request(endpoint, f"/2015-03-31/functions/{name}/invocations", "POST", event)
    assert answer.status == case["expected_status"]
    for header, value in case["expected_headers"].items():
        assert answer.headers[header] == value
    return answer


def _streamed(endpoint: str, case: dict[str, Any], event: bytes) -> tuple[bytes, dict[str, Any]]:
    answer = boto_client("lambda", endpoint).invoke_with_response_stream(FunctionName="Raw", Payload=event)
    assert answer["StatusCode"] == case["expected_status"]
    sent = {name.lower(): value for name, value in answer["ResponseMetadata"]["HTTPHeaders"].items()}
    for header, value in case["expected_headers"].items():
        assert sent[header.lower()] == value
    *chunks, complete = list(answer["EventStream"])
    return b"".join(chunk["PayloadChunk"]["Payload"] for chunk in chunks), complete["InvokeComplete"]


def buffered_response_too_large_invoke_layer(endpoint: str, case: dict[str, Any]) -> None:
    answer = _invoke(endpoint, case, "Raw", _raw("/buffered", size="6291557"))
    assert answer.json == json.loads(case["expected_body"])


def invoke_handler_error(endpoint: str, case: dict[str, Any]) -> None:
    answer = _invoke(endpoint, case, "Failing")
    expected, error = json.loads(case["expected_body"]), answer.json
    assert set(error) == set(expected)
    assert error["requestId"] == answer.headers["x-amzn-RequestId"]
    assert (error["errorMessage"], error["errorType"]) == (expected["errorMessage"], expected["errorType"])
    assert [line.partition(", line")[2] for line in error["stackTrace"]] == [
        line.partition(", line")[2] for line in expected["stackTrace"]
    ]


def invoke_timeout(endpoint: str, case: dict[str, Any]) -> None:
    answer = _invoke(endpoint, case, "Raw", _raw("/sleep"))
    request_id = answer.headers["x-amzn-RequestId"]
    assert answer.body.decode() == case["expected_body"].replace("<uuid>", request_id)


def invoke_wrapper_not_found(endpoint: str, case: dict[str, Any]) -> None:
    answer = _invoke(endpoint, case, "Unwrapped")
    request_id = answer.headers["x-amzn-RequestId"]
    assert answer.body.decode() == case["expected_body"].replace("<uuid>", request_id)


def sdk_error_in_complete(endpoint: str, case: dict[str, Any]) -> None:
    _, complete = _streamed(endpoint, case, _raw("/error-after"))
    assert complete["ErrorCode"] == "ValueError"
    assert json.loads(complete["ErrorDetails"])["errorMessage"] == "after the first byte"


def sdk_invoke_with_response_stream_path(endpoint: str, case: dict[str, Any]) -> None:
    match = re.match(r"POST (\S+);", case["description"])
    assert match is not None
    path = match[1].replace("{FunctionName}", "Raw")
    answer = request(endpoint, path + "?Qualifier=$LATEST", "POST", _raw("/untyped"))
    assert answer.status == case["expected_status"]
    for header, value in case["expected_headers"].items():
        assert answer.headers[header] == value


def sdk_prelude_is_not_stripped(endpoint: str, case: dict[str, Any]) -> None:
    text = '{"statusCode":400,"headers":{},"cookies":[]}' + "\0" * 8 + "body"
    payload, complete = _streamed(endpoint, case, _raw("/prelude-text", text=quote(text)))
    assert (payload.decode(), complete) == (text, {})


def sdk_stream_without_prelude(endpoint: str, case: dict[str, Any]) -> None:
    payload, complete = _streamed(endpoint, case, _raw("/prelude-text", text=quote(case["expected_body"])))
    assert (payload.decode(), complete) == (case["expected_body"], {})


RUN: list[Callable[[str, dict[str, Any]], None]] = [
    buffered_response_too_large_invoke_layer,
    invoke_handler_error,
    invoke_timeout,
    invoke_wrapper_not_found,
    sdk_error_in_complete,
    sdk_invoke_with_response_stream_path,
    sdk_prelude_is_not_stripped,
    sdk_stream_without_prelude,
]


@pytest.mark.parametrize("run", RUN, ids=lambda run: run.__name__)
def test_a_case(endpoint: str, run: Callable[[str, dict[str, Any]], None]) -> None:
    run(endpoint, CASES[run.__name__])


def test_every_case_of_the_api_is_run() -> None:
    assert {run.__name__ for run in RUN} == API
