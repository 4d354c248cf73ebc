"""The Cors of a function URL."""

from __future__ import annotations

import pytest

from local_lambda.endpoints.function_url.cors import cors_headers, doubled, preflight
from local_lambda.http.message import HttpRequest
from local_lambda.model.cors import CorsConfiguration
from tests.unit.local_lambda.model.test_cors import ORIGIN, WHOLE


def asked(method: str = "GET", origin: str | None = ORIGIN, **headers: str) -> HttpRequest:
    sent = [] if origin is None else [("origin", origin)]
    sent += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return HttpRequest(method, "/", sent, "192.0.2.1", 443)


def test_a_preflight_is_answered_from_the_configuration() -> None:
    request = asked("OPTIONS", access_control_request_method="GET")
    answer = preflight(CorsConfiguration.of(WHOLE), request)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"")
    assert dict(answer.headers) == {
        "Access-Control-Allow-Origin": ORIGIN,
        "Vary": "Origin",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Methods": "GET,POST",
        "Access-Control-Allow-Headers": "content-type,x-one",
        "Access-Control-Max-Age": "300",
    }


def test_other_answers_get_what_browsers_read_on_them() -> None:
    assert dict(cors_headers(CorsConfiguration.of(WHOLE), asked())) == {
        "Access-Control-Allow-Origin": ORIGIN,
        "Vary": "Origin",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": "date",
    }


@pytest.mark.parametrize("origin", ["https://other.example", "https://A.example", "null"])
def test_an_origin_that_is_not_allowed_gets_no_headers(origin: str) -> None:
    cors = CorsConfiguration.of(WHOLE)
    answer = preflight(cors, asked("OPTIONS", origin, access_control_request_method="GET"))
    assert answer is not None
    assert (answer.status, answer.headers) == (200, [])
    assert cors_headers(cors, asked(origin=origin)) == []


@pytest.mark.parametrize(
    "request_",
    [
        asked("OPTIONS"),
        asked("OPTIONS", None, access_control_request_method="GET"),
        asked("GET", access_control_request_method="GET"),
    ],
)
def test_only_a_preflight_is_one(request_: HttpRequest) -> None:
    assert preflight(CorsConfiguration.of(WHOLE), request_) is None


def test_any_origin_is_answered_with_itself() -> None:
    headers = cors_headers(
        CorsConfiguration.of({"AllowOrigins": ["*"]}), asked(origin="http://127.0.0.1:5500")
    )
    assert headers == [("Access-Control-Allow-Origin", "http://127.0.0.1:5500"), ("Vary", "Origin")]
    assert cors_headers(CorsConfiguration.of({"AllowOrigins": ["*"]}), asked(origin=None)) == []


def test_headers_that_both_give() -> None:
    configured = [("Access-Control-Allow-Origin", ORIGIN), ("Vary", "Origin")]
    function = [("access-control-allow-origin", "*"), ("vary", "Accept"), ("Access-Control-Max-Age", "1")]
    assert doubled(configured, function) == ["access-control-allow-origin"]
    assert doubled([], function) == []
