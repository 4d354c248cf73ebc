"""What a function URL answers without its function, header by header."""

from __future__ import annotations

import json

import pytest

from local_lambda.endpoints.function_url import errors
from local_lambda.endpoints.function_url.event import UrlIdentity
from local_lambda.http.message import HttpRequest

URL = UrlIdentity.of("f", "us-east-1")


def test_the_headers_of_a_403() -> None:
    answer = errors.unsigned()
    headers = errors.headers(answer, date="Sun, 22 Nov 2026 13:00:00 GMT", request_id="an-id")
    assert headers == [
        ("Date", "Sun, 22 Nov 2026 13:00:00 GMT"),
        ("Content-Type", "application/json"),
        ("Content-Length", "144"),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", "an-id"),
        ("x-amzn-ErrorType", "AccessDeniedException"),
    ]
    assert answer.body.startswith(b'{"Message":"Forbidden. For troubleshooting Function URL')


def test_the_key_of_a_signature_s_refusal_is_lower_case() -> None:
    answer = errors.signature_rejected("InvalidSignatureException", "text")
    assert (answer.status, json.loads(answer.body)) == (403, {"message": "text"})


@pytest.mark.parametrize(
    ("host", "method", "expected"),
    [
        ("127.0.0.1:3001", "GET", True),
        (URL.domain_name, "GET", True),
        (URL.domain_name.upper() + ":443", "PATCH", True),
        ("0123456789abcdefghijklmnopqrstuv.lambda-url.us-east-1.on.aws", "GET", False),
        (UrlIdentity.of("g", "us-east-1").domain_name, "GET", False),
        ("example.com", "OPTIONS", True),
        (None, "HEAD", True),
        ("127.0.0.1:3001", "TRACE", False),
        ("127.0.0.1:3001", "get", False),
    ],
)
def test_whose_request_it_is(host: str | None, method: str, expected: bool) -> None:
    headers = [("host", host)] if host else []
    answer = errors.address_error(HttpRequest(method, "/", headers, "192.0.2.1", 443), URL)
    if expected:
        assert answer is None
    else:
        assert answer is not None
        assert (answer.status, answer.body) == (403, b'{"Message":null}')
