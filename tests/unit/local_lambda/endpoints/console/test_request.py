"""The page's JSON → the request as the endpoint sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_lambda.endpoints.console.errors import InvalidConsoleRequest
from local_lambda.endpoints.console.network import NETWORKS
from local_lambda.endpoints.console.request import ConsoleRequest


def read(**fields: Any) -> ConsoleRequest:
    return ConsoleRequest.of(json.dumps({"name": "F", "path": "/", **fields}).encode())


def test_the_request_to_a_url() -> None:
    request = read(
        method="POST", path="/a b?x=ä%20&y=[1]", headers=[["X-A", " ü "]], body="ö", network="slow"
    )
    assert request.network is NETWORKS["slow"]
    sent = request.to_endpoint("http://127.0.0.1:3001", "127.0.0.9")
    assert sent.target == "/a%20b?x=%C3%A4%20&y=[1]"
    assert (sent.method, sent.peer, sent.port) == ("POST", "127.0.0.9", 3001)
    assert sent.header("host") == "127.0.0.1:3001"
    assert sent.header("content-length") == "2"
    assert (sent.header("x-a") or "").encode("latin-1") == "ü".encode()


def test_what_is_typed_stands_instead_of_what_is_added() -> None:
    sent = read(headers=[["User-Agent", "me"], ["host", "example.org"], ["a", "1"], ["A", "2"]]).to_endpoint(
        "http://[::1]:80", "::1"
    )
    assert [value for name, value in sent.headers if name in ("user-agent", "host")] == ["me", "example.org"]
    assert sent.header("a") == "1,2"
    assert sent.header("content-length") is None


def test_an_event() -> None:
    request = read(event=True, body='{"a": 1}')
    sent = request.to_lambda_api("a:b", "localhost:3000", 3000, "127.0.0.1")
    assert sent.target == "/2021-11-15/functions/a%3Ab/response-streaming-invocations"
    assert (sent.method, request.body) == ("POST", b'{"a": 1}')


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"path": None, "headers": 3}, "Expected the console's JSON"),
        ({"headers": [["a"]]}, "Expected the console's JSON"),
        ({"method": "GE T"}, "no HTTP method"),
        ({"method": 7}, "no HTTP method"),
        ({"headers": [["", "x"]]}, "no header name"),
        ({"headers": [["a\r\nb", "x"]]}, "no header name"),
        ({"headers": [["a", "x\r\nb: c"]]}, "control character"),
        ({"headers": [["Transfer-Encoding", "chunked"]]}, "cannot be set"),
        ({"network": "dial-up"}, "expected one of fast, slow"),
    ],
)
def test_what_cannot_be_sent(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidConsoleRequest, match=said):
        read(**fields)
