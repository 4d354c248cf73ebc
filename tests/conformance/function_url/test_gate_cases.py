"""What AWS does: the cases in which the URL, not its function, decides."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.function_url.test_cases import CASES, GATE, RAW, check, send
from tests.support.url_client import open_request, request
from tools.local_lambda_process import LocalLambda

BROKEN = "raise RuntimeError('at import')\n"


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    root = tmp_path_factory.mktemp("gate")
    (root / "app.py").write_text(BROKEN)
    cors = CASES["cors_preflight"]["url_config"]
    whole = {"AllowMethods": ["GET"], "AllowHeaders": ["x-one"], "MaxAge": 60} | cors["Cors"]
    stream = {"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}
    resources = {
        "Cors": _function(RAW, cors | {"Cors": whole}),
        "Iam": _function(RAW, CASES["iam_unsigned_request"]["url_config"]),
        "Single": _function(RAW, stream, ReservedConcurrentExecutions=1),
        "Off": _function(RAW, stream, ReservedConcurrentExecutions=0),
        "Broken": _function(root, {"AuthType": "NONE"}, Runtime="python3.11"),
        "Plain": _function(RAW, stream),
    }
    template = root / "template.json"
    template.write_text(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}))
    with LocalLambda(template, ports=len(resources) + 1) as running:
        yield running


def _function(code: Path, url: dict[str, Any], **properties: Any) -> dict[str, Any]:
    common = {"Runtime": "provided.al2023", "Handler": "app.handler", "CodeUri": str(code), "Timeout": 30}
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": common | {"FunctionUrlConfig": url} | properties,
    }


def cors_preflight(gate: LocalLambda, case: dict[str, Any]) -> None:
    answer = send(gate.urls["Cors"], case["request"])
    assert (answer.status, answer.body) == (case["expected_status"], case["expected_body"].encode())
    assert set(case["expected_headers"]) <= set(answer.headers.keys())
    assert "Cors | START" not in gate.output


def cors_simple_request_duplicates(gate: LocalLambda, case: dict[str, Any]) -> None:
    answer = request(gate.urls["Cors"], "/cors", headers={"Origin": "https://a.example"})
    assert answer.status == case["expected_status"]
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["https://a.example", "*"]


def cors_star_reflects_origin(gate: LocalLambda, case: dict[str, Any]) -> None:
    origin = case["expected_headers"]["Access-Control-Allow-Origin"]
    answer = request(gate.urls["Cors"], "/untyped", headers={"Origin": origin})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)


def iam_unsigned_request(gate: LocalLambda, case: dict[str, Any]) -> None:
    check(case, send(gate.urls["Iam"], case["request"]))


def init_failure_or_init_timeout(gate: LocalLambda, case: dict[str, Any]) -> None:
    check(case, request(gate.urls["Broken"]))


def throttled_reserved_concurrency(gate: LocalLambda, case: dict[str, Any]) -> None:
    check(case, request(gate.urls["Off"]))
    connection, response = open_request(gate.urls["Single"], "/lines?n=2&gap=1")
    check(case, request(gate.urls["Single"], "/untyped"))
    assert response.read() == b"line 0\nline 1\n"
    connection.close()


def invoke_throttled(gate: LocalLambda, case: dict[str, Any]) -> None:
    endpoint = f"http://127.0.0.1:{gate.port}"
    check(case, request(endpoint, "/2015-03-31/functions/Off/invocations", "POST", b"{}"))


def unknown_url_id(gate: LocalLambda, case: dict[str, Any]) -> None:
    host = case["description"].removeprefix("GET https://")
    check(case, request(gate.urls["Plain"], "/untyped", headers={"Host": host}))


def unsupported_method(gate: LocalLambda, case: dict[str, Any]) -> None:
    check(case, request(gate.urls["Plain"], "/untyped", "PROPFIND"))


def stream_bandwidth(gate: LocalLambda, case: dict[str, Any]) -> None:
    url = gate.urls["Plain"]
    request(url, "/untyped")
    started = time.monotonic()
    answer = request(url, "/big?mb=8")
    assert (answer.status, len(answer.body)) == (case["expected_status"], 8 * 2**20)
    assert time.monotonic() - started >= 0.9


RUN: list[Callable[[LocalLambda, dict[str, Any]], None]] = [
    cors_preflight,
    cors_simple_request_duplicates,
    cors_star_reflects_origin,
    iam_unsigned_request,
    init_failure_or_init_timeout,
    invoke_throttled,
    stream_bandwidth,
    throttled_reserved_concurrency,
    unknown_url_id,
    unsupported_method,
]


@pytest.mark.parametrize("run", RUN, ids=lambda run: run.__name__)
def test_a_case(gate: LocalLambda, run: Callable[[LocalLambda, dict[str, Any]], None]) -> None:
    run(gate, CASES[run.__name__])


def test_every_case_of_the_gate_is_run() -> None:
    assert {run.__name__ for run in RUN} == GATE
