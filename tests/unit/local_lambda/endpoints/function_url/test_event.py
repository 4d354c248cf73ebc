"""Every rule of payload format 2.0."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_lambda.endpoints.function_url.event import UrlIdentity, query_parameters, url_event
from local_lambda.http.message import HttpRequest

IDENTITY = UrlIdentity.of("CounterFunction", "eu-central-1")
TRACE = "Root=1-643eccfb-4c9be61972302fa41111a443"


def event(
    target: str = "/", headers: dict[str, str] | None = None, body: bytes = b"", method: str = "GET"
) -> Any:
    pairs = [("host", "127.0.0.1:3001"), *(headers or {}).items()]
    request = HttpRequest(method, target, pairs, "127.0.0.1", 3001)
    text = url_event(request, body, IDENTITY, request_id="an-id", trace_id=TRACE, epoch_ms=1659687279885)
    return json.loads(text)


def test_a_plain_get() -> None:
    assert event() == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {
            "host": "127.0.0.1:3001",
            "x-amzn-trace-id": TRACE,
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "3001",
            "x-forwarded-proto": "http",
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": IDENTITY.url_id,
            "domainName": f"{IDENTITY.url_id}.lambda-url.eu-central-1.on.aws",
            "domainPrefix": IDENTITY.url_id,
            "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": "an-id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "05/Aug/2022:08:14:39 +0000",
            "timeEpoch": 1659687279885,
        },
        "isBase64Encoded": False,
    }


def test_the_url_id_has_aws_s_form_and_is_stable() -> None:
    assert len(IDENTITY.url_id) == 32
    assert IDENTITY.url_id.isalnum()
    assert IDENTITY.url_id == IDENTITY.url_id.lower()
    assert UrlIdentity.of("CounterFunction", "eu-central-1") == IDENTITY
    assert IDENTITY.url_id != UrlIdentity.of("ImageFunction", "eu-central-1").url_id


def test_headers_and_cookies() -> None:
    request = HttpRequest(
        "GET",
        "/",
        [
            ("user-agent", "curl/8"),
            ("x-twice", "1"),
            ("x-twice", "2"),
            ("cookie", "foo=bar; hello=hello"),
            ("cookie", "third=3"),
            ("connection", "keep-alive"),
            ("transfer-encoding", "chunked"),
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-proto", "https"),
        ],
        "127.0.0.1",
        3001,
    )
    document = json.loads(url_event(request, b"ab", IDENTITY, request_id="i", trace_id=TRACE, epoch_ms=0))
    headers = document["headers"]
    assert headers["x-twice"] == "1,2"
    assert headers["cookie"] == "foo=bar; hello=hello; third=3"
    assert document["cookies"] == ["foo=bar", "hello=hello", "third=3"]
    assert headers["content-length"] == "2"
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("203.0.113.7", "https")
    assert not {"connection", "transfer-encoding"} & set(headers)
    assert document["requestContext"]["http"]["userAgent"] == "curl/8"
    assert document["requestContext"]["http"]["sourceIp"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("target", "raw_path", "path", "raw_query", "parameters"),
    [
        (
            "/hello?hello=world&foo=bar",
            "/hello",
            "/hello",
            "hello=world&foo=bar",
            {"hello": "world", "foo": "bar"},
        ),
        ("/?multiQuery=foo&multiQuery=%2Fbar", "/", "/", None, {"multiQuery": "foo,/bar"}),
        ("/pa2%Fth/1", "/pa2%Fth/1", "/pa2%Fth/1", "", None),
        ("/a%20b/%C3%A4", "/a%20b/%C3%A4", "/a b/ä", "", None),
        ("/?", "/", "/", "", None),
        ("/?a", "/", "/", "a", {"a": ""}),
        ("/?a=&b==&&c=%", "/", "/", None, {"a": "", "b": "=", "c": "%"}),
        ("/?q=a+b%2Bc", "/", "/", "q=a+b%2Bc", {"q": "a b+c"}),
        ("/x?a=?b", "/x", "/x", "a=?b", {"a": "?b"}),
        ("http://host:1/x?y=1", "/x", "/x", "y=1", {"y": "1"}),
        ("HTTP://host", "/", "/", "", None),
        ("http://host?y=1", "/", "/", "y=1", {"y": "1"}),
        ("*", "/", "/", "", None),
        ("//double", "//double", "//double", "", None),
    ],
)
def test_paths_and_queries(
    target: str, raw_path: str, path: str, raw_query: str | None, parameters: dict[str, str] | None
) -> None:
    document = event(target)
    assert document["rawPath"] == raw_path
    assert document["requestContext"]["http"]["path"] == path
    assert document["rawQueryString"] == (target.partition("?")[2] if raw_query is None else raw_query)
    assert document.get("queryStringParameters") == parameters


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/plain", True),
        ("text/anything", True),
        ("application/xml", True),
        ("application/javascript", True),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        ("multipart/form-data; boundary=x", False),
        ("idk", False),
        ("application/vnd.api+json", False),
        (None, False),
    ],
)
def test_text_or_base64(content_type: str | None, text: bool) -> None:
    headers = {"content-type": content_type} if content_type else {}
    document = event(headers=headers, body="grüße".encode(), method="POST")
    expected = "grüße" if text else base64.b64encode("grüße".encode()).decode()
    assert (document["body"], document["isBase64Encoded"]) == (expected, not text)


def test_an_encoded_or_broken_text_is_base64() -> None:
    document = event(headers={"content-type": "text/plain", "content-encoding": "gzip"}, body=b"x")
    assert document["isBase64Encoded"] is True
    document = event(headers={"content-type": "text/plain"}, body=b"\xff")
    assert (document["body"], document["isBase64Encoded"]) == ("/w==", True)


def test_an_empty_body_is_absent_and_its_length_as_sent() -> None:
    assert "content-length" not in event()["headers"]
    document = event(headers={"content-length": "0"})
    assert document["headers"]["content-length"] == "0"
    assert "body" not in document


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_what_urlencode_writes_is_read_back(pairs: list[tuple[str, str]]) -> None:
    expected: dict[str, str] = {}
    for name, value in pairs:
        expected[name] = f"{expected[name]},{value}" if name in expected else value
    assert query_parameters(urlencode(pairs)) == expected
    assert (
        query_parameters("&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in pairs)) == expected
    )


@given(st.text(), st.binary())
def test_any_request_makes_an_event(target: str, body: bytes) -> None:
    wire = target.encode().decode("latin-1")
    document = event("/" + wire, {"content-type": "text/plain"}, body)
    sent = document.get("body", "")
    assert (base64.b64decode(sent) if document["isBase64Encoded"] else sent.encode()) == body
