"""An event as an HTTP request, and the metadata of the response to it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lambda_streaming._http_request import HttpRequest, bytes_of, text_of
from tests.support.http_events import rest_event, url_event
from tests.support.runtime_process import ROOT

ALL_BYTES = bytes(range(256))


def test_a_function_url_s_request() -> None:
    event = url_event("/a%20b/%2F", "PATCH", "x=1&x=%2C", b"", x_some="value")
    request = HttpRequest(event)
    assert (request.method, request.path, request.decoded_path) == ("PATCH", "/a%20b/%2F", b"/a b//")
    assert (request.query, request.root_path, request.body) == ("x=1&x=%2C", "", b"")
    assert (request.scheme, request.client) == ("https", "192.0.2.7")
    assert request.server == ("abc.lambda-url.eu-central-1.on.aws", 443)
    assert ("x-some", "value") in request.headers


@pytest.mark.parametrize("name", ["counter", "image"])
def test_the_project_s_own_events(name: str) -> None:
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    request = HttpRequest(event)
    assert request.method == "GET"
    assert request.path.startswith("/")
    assert request.body == b""
    assert request.client


@pytest.mark.parametrize("make", [url_event, rest_event])
def test_bodies(make: Any) -> None:
    assert HttpRequest(make()).body == b""
    assert HttpRequest(make(body=ALL_BYTES)).body == ALL_BYTES
    assert HttpRequest({**make(), "body": "Grüße", "isBase64Encoded": False}).body == "Grüße".encode()
    assert HttpRequest({**make(), "body": None}).body == b""
    with pytest.raises(ValueError, match="padding"):
        HttpRequest({**make(), "body": "abc", "isBase64Encoded": True})


def test_what_a_minimal_event_lacks() -> None:
    request = HttpRequest(
        {"version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET"}}},
    )
    assert (request.headers, request.query, request.body, request.client) == ([], "", b"", "")
    assert request.server == ("localhost", 443)
    request = HttpRequest({"httpMethod": "GET"})
    assert (request.path, request.headers, request.query, request.client) == ("/", [], "", "")
    request = HttpRequest(
        {
            "httpMethod": "GET",
            "path": "/a",
            "headers": None,
            "multiValueHeaders": None,
            "requestContext": None,
        }
    )
    assert (request.path, request.headers) == ("/a", [])


@pytest.mark.parametrize(
    "event", [{}, {"Records": []}, {"version": "1.0"}, {"version": "0", "detail-type": "Scheduled Event"}]
)
def test_an_event_that_is_no_request(event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not of an HTTP request: expected payload format 2\.0"):
        HttpRequest(event)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.com", ("example.com", 443)),
        ("example.com:8080", ("example.com", 8080)),
        ("[::1]", ("[::1]", 443)),
        ("[::1]:3000", ("[::1]", 3000)),
        ("example.com:", ("example.com", 443)),
        ("example.com:x", ("example.com", 443)),
        ("example.com:65536", ("example.com", 443)),
        ("example.com:000080", ("example.com", 80)),
        (f"example.com:{'9' * 5000}", ("example.com", 443)),
        ("", ("abc.lambda-url.eu-central-1.on.aws", 443)),
    ],
)
def test_the_server(host: str, expected: tuple[str, int]) -> None:
    assert HttpRequest(url_event(host=host)).server == expected


def test_the_scheme_and_its_port() -> None:
    event = url_event(host="a", x_forwarded_proto="http")
    assert HttpRequest(event).scheme == "http"
    assert HttpRequest(event).server == ("a", 443)  # as x-forwarded-port says
    del event["headers"]["x-forwarded-port"]
    assert HttpRequest(event).server == ("a", 80)


def test_cookies_come_once() -> None:
    event = {**url_event(), "cookies": ["a=1", "b=2"]}
    cookies = [value for name, value in HttpRequest(event).headers if name == "cookie"]
    assert cookies == ["a=1; b=2"]
    event["headers"]["cookie"] = "a=1; b=2"
    assert [value for name, value in HttpRequest(event).headers if name == "cookie"] == ["a=1; b=2"]


@pytest.mark.parametrize(
    ("stage", "path", "root_path"),
    [
        ("$default", "/a", ""),
        ("$default", "/$default/a", ""),
        ("dev", "/dev/a", "/dev"),
        ("dev", "/dev", "/dev"),
        ("dev", "/devices", ""),
    ],
)
def test_the_stage_of_an_http_api(stage: str, path: str, root_path: str) -> None:
    event = url_event(path)
    event["requestContext"]["stage"] = stage
    request = HttpRequest(event)
    assert (request.root_path, request.path) == (root_path, path)


def test_a_rest_api_s_request() -> None:
    event = rest_event(
        "/a b/ü",
        "POST",
        multiValueHeaders={"X-Some": ["one", "two"], "Host": ["example.com"]},
        queryStringParameters={"a": "2", "b": "ä &"},
        multiValueQueryStringParameters={"a": ["1", "2"], "b": ["ä &"]},
    )
    request = HttpRequest(event)
    assert request.headers == [("x-some", "one"), ("x-some", "two"), ("host", "example.com")]
    assert request.query == "a=1&a=2&b=%C3%A4+%26"
    assert (request.root_path, request.path) == ("/prod", "/prod/a%20b/%C3%BC")
    assert request.decoded_path == "/prod/a b/ü".encode()
    assert (request.client, request.server) == ("192.0.2.7", ("example.com", 443))


def test_a_rest_api_s_request_without_the_multi_value_fields() -> None:
    event = rest_event(multiValueHeaders=None, queryStringParameters={"a": "1"}, headers={"X-A": "b"})
    request = HttpRequest(event)
    assert (request.headers, request.query) == ([("x-a", "b")], "a=1")


def test_a_custom_domain_adds_no_root_path() -> None:
    request = HttpRequest(rest_event("/base/a", requestContext={"path": "/base/a", "stage": "prod"}))
    assert (request.root_path, request.path) == ("", "/base/a")


@pytest.mark.parametrize("asked", ["/prod", "/prod/"])
def test_a_stage_with_and_without_a_slash(asked: str) -> None:
    request = HttpRequest(rest_event("/", requestContext={"path": asked, "stage": "prod"}))
    assert (request.root_path, request.path) == ("/prod", "/prod/")


def test_the_cookies_of_a_rest_api_are_one_header() -> None:
    values = {"Cookie": ["a=1", "b=2; c=3"], "cookie": ["d=4"]}
    request = HttpRequest(rest_event(multiValueHeaders=values))
    assert request.headers == [("cookie", "a=1; b=2; c=3; d=4")]


@pytest.mark.parametrize(
    ("forwarded", "scheme"),
    [
        ("https", "https"),
        ("http", "http"),
        ("HTTPS", "https"),
        ("http, https", "http"),
        ("x", "https"),
        ("", "https"),
    ],
)
def test_the_scheme_is_one_word(forwarded: str, scheme: str) -> None:
    assert HttpRequest(url_event(x_forwarded_proto=forwarded)).scheme == scheme


@pytest.mark.parametrize("data", ["Grüße".encode(), "漢".encode(), b"plain"])
def test_bytes_of_utf_8_come_out_as_they_went_in(data: bytes) -> None:
    assert bytes_of(text_of(data)) == data


def test_other_bytes_are_latin_1() -> None:
    assert text_of(b"caf\xe9") == "café"
    assert bytes_of("\ud800") == b"?"  # a lone surrogate, which JSON can hold
