"""Requests of a REST API (payload format 1.0), which streams through the same handlers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.lambda_streaming.frameworks.conftest import APPS
from tests.support.http_events import rest_event
from tests.support.runtime_api_server import Exchange
from tests.support.runtime_process import RuntimeProcess

ALL_BYTES = bytes(range(256))
EVENT: dict[str, Any] = {
    "multiValueHeaders": {"Host": ["example.com"], "X-Some": ["one", "two"], "Cookie": ["a=1; b=2"]},
    "multiValueQueryStringParameters": {"a": ["1", "ä &"], "b": ["2"]},
    "queryStringParameters": {"a": "ä &", "b": "2"},
}


def serve(tmp_path: Path, framework: str, event: dict[str, Any]) -> Exchange:
    path = {"PYTHONPATH": str(APPS)}
    source = f"from {framework}_app import handler"
    with RuntimeProcess(tmp_path, source, environment=path) as runtime:
        runtime.api.invoke(event)
        answer = runtime.api.answer()
        assert answer.path.endswith("/response"), answer.body
        assert not answer.trailers
        return answer


def test_the_scope(tmp_path: Path) -> None:
    prelude, body = serve(tmp_path, "starlette", rest_event("/scope/a b/ü", **EVENT)).streamed
    assert prelude["statusCode"] == 200
    scope = json.loads(body)
    assert scope["root_path"] == "/prod"
    assert scope["path"] == "/prod/scope/a b/ü"
    assert scope["raw_path"] == "/prod/scope/a%20b/%C3%BC"
    assert scope["query"] == [["a", "1"], ["a", "ä &"], ["b", "2"]]
    assert scope["headers"] == [
        ["host", "example.com"],
        ["x-some", "one"],
        ["x-some", "two"],
        ["cookie", "a=1; b=2"],
    ]
    assert scope["cookies"] == {"a": "1", "b": "2"}
    assert scope["client"] == ["192.0.2.7", 0]
    assert scope["server"] == ["example.com", 443]
    assert scope["scheme"] == "https"


def test_the_environ(tmp_path: Path) -> None:
    _, body = serve(tmp_path, "flask", rest_event("/environ/a b/ü", **EVENT)).streamed
    seen = json.loads(body)
    assert seen["environ"]["SCRIPT_NAME"] == "/prod"
    assert seen["rest"] == "a b/ü"
    assert seen["args"] == {"a": ["1", "ä &"], "b": ["2"]}
    assert seen["environ"]["HTTP_X_SOME"] == "one,two"
    assert seen["url"] == "https://example.com/prod/environ/a%20b/ü?a=1&a=ä+%26&b=2"
    assert seen["cookies"] == {"a": "1", "b": "2"}


def test_django_below_the_stage(tmp_path: Path) -> None:
    _, body = serve(tmp_path, "django", rest_event("/view", **EVENT)).streamed
    seen = json.loads(body)
    assert seen["path"] == "/prod/view"
    assert seen["query"] == ["1", "ä &"]


@pytest.mark.parametrize("framework", ["starlette", "flask", "django"])
def test_a_binary_body(tmp_path: Path, framework: str) -> None:
    prelude, body = serve(tmp_path, framework, rest_event("/echo", "POST", ALL_BYTES)).streamed
    assert prelude["statusCode"] == 200
    assert body == ALL_BYTES


def test_repeated_response_headers_stay_apart(tmp_path: Path) -> None:
    prelude, body = serve(tmp_path, "starlette", rest_event("/cookies")).streamed
    assert body == b"cookies"
    assert prelude["multiValueHeaders"] == {"x-many": ["one", "two"]}
    assert "x-many" not in prelude["headers"]
    assert [cookie[:2] for cookie in prelude["cookies"]] == ["a=", "b=", "c="]
    assert prelude["headers"]["content-length"] == "7"  # API Gateway, unlike a function URL, keeps it


def test_a_redirect_names_the_stage(tmp_path: Path) -> None:
    prelude, body = serve(tmp_path, "starlette", rest_event("/stamped/scope/")).streamed
    assert (prelude["statusCode"], prelude["headers"]["x-stamp"]) == (200, "GET")
    assert b'"root_path":"/prod/stamped"' in body
