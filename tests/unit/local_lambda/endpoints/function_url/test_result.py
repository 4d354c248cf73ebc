"""A function's result → an HTTP response."""

from __future__ import annotations

import json
from typing import Any

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_lambda.endpoints.function_url.result import from_prelude, from_result, without_prelude
from local_lambda.endpoints.prelude import Prelude
from local_lambda.endpoints.response import InvalidResult, remapped
from local_lambda.http.message import HttpResponse

JSON = [("Content-Type", "application/json")]


def result(value: Any) -> HttpResponse:
    return from_result(json.dumps(value).encode(), "application/json")


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ("hello", b"hello"),
        ("", b""),
        ('{"a":  1}', b'{"a":  1}'),
        ("grüße", "grüße".encode()),
        ({"hello": "world"}, b'{"hello":"world"}'),
        (["hello", 3, True], b'["hello",3,true]'),
        (3, b"3"),
        (3.1, b"3.1"),
        (True, b"true"),
        (None, b"null"),
        ({"ä": None}, '{"ä":null}'.encode()),
        ({"body": "x"}, b'{"body":"x"}'),
        ({"statusCode": 200}, b""),
        ({"statusCode": 200, "body": "body123"}, b"body123"),
        ({"statusCode": 200, "body": {"a": 1}}, b'{"a":1}'),
        ({"statusCode": 200, "body": 7}, b"7"),
        ({"statusCode": "200", "body": None, "headers": None, "cookies": None}, b""),
        ({"statusCode": 200, "body": "AAEC", "isBase64Encoded": True}, b"\0\1\2"),
        ({"statusCode": 200, "body": "AAE\nCAw", "isBase64Encoded": True}, b"\0\1\2\3"),
        ({"statusCode": 200, "body": "AAEC", "isBase64Encoded": False}, b"AAEC"),
    ],
)
def test_bodies(value: Any, body: bytes) -> None:
    assert result(value) == HttpResponse(200, JSON, body)


def test_half_a_surrogate_pair_is_not_the_end() -> None:
    assert from_result(b'"\\ud800"', None).body == b"?"
    assert from_result(b'{"a":"\\ud800"}', None).body


def test_no_json_is_passed_on() -> None:
    assert from_result(b"plain", "text/plain") == HttpResponse(
        200, [("Content-Type", "text/plain")], b"plain"
    )
    assert from_result(b"\xff", None).headers == [("Content-Type", "application/octet-stream")]
    assert from_result(b"[" * 100_000, None).status == 200


def test_headers_and_cookies() -> None:
    answer = result(
        {
            "statusCode": 201,
            "headers": {"content-TYPE": "text/x", "X-Number": 1, "X-Flag": True, "X-Text": "  ü "},
            "cookies": ["a=1; Path=/", "b=2"],
        }
    )
    assert answer.headers == [
        ("content-TYPE", "text/x"),
        ("X-Number", "1"),
        ("X-Flag", "true"),
        ("X-Text", "ü"),
        ("Set-Cookie", "a=1; Path=/"),
        ("Set-Cookie", "b=2"),
    ]


@pytest.mark.parametrize(
    "name", ["WWW-Authenticate", "server", "Content-Length", "date", "Transfer-Encoding"]
)
def test_the_platform_s_headers_are_remapped(name: str) -> None:
    answer = result({"statusCode": 401, "headers": {name: "x"}})
    assert answer.headers == [*JSON, (f"x-amzn-Remapped-{name}", "x")]
    assert remapped(answer.headers) == [name]
    streamed = from_prelude(Prelude(headers={name: "x"}))
    assert remapped(streamed.headers) == [name]


def test_the_request_id_is_the_platform_s() -> None:
    assert result({"statusCode": 200, "headers": {"X-Amzn-RequestId": "mine"}}).headers == JSON


@pytest.mark.parametrize(
    "value",
    [
        {"statusCode": "ok"},
        {"statusCode": None},
        {"statusCode": True},
        {"statusCode": 200.5},
        {"statusCode": 99},
        {"statusCode": 101},
        {"statusCode": 600},
        {"statusCode": "²00"},
        {"statusCode": 200, "headers": "x"},
        {"statusCode": 200, "headers": {"X": ["a"]}},
        {"statusCode": 200, "headers": {"X": None}},
        {"statusCode": 200, "headers": {"X": "a\r\nY: b"}},
        {"statusCode": 200, "headers": {"X Y": "a"}},
        {"statusCode": 200, "headers": {"": "a"}},
        {"statusCode": 200, "headers": {"x-amzn-remapped-date": "a"}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "cookies": [1, None]},
        {"statusCode": 200, "cookies": ["a\nb"]},
        {"statusCode": 200, "body": "no base64!", "isBase64Encoded": True},
    ],
)
def test_what_is_no_response(value: Any) -> None:
    with pytest.raises(InvalidResult):
        result(value)


def test_preludes() -> None:
    assert from_prelude(Prelude()) == HttpResponse(200, [("Content-Type", "application/octet-stream")])
    assert from_prelude(Prelude("404", {"content-type": "text/x"}), b"b") == HttpResponse(
        404, [("content-type", "text/x")], b"b"
    )
    with pytest.raises(InvalidResult):
        from_prelude(Prelude(None))


def test_without_prelude() -> None:
    assert without_prelude("text/plain").headers == [("Content-Type", "text/plain")]
    assert without_prelude(None).headers == [("Content-Type", "application/octet-stream")]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.dictionaries(st.text(), st.none() | st.integers() | st.text()),
    st.lists(st.none() | st.text()),
)
def test_every_response_can_be_sent(body: Any, headers: dict[str, Any], cookies: list[Any]) -> None:
    try:
        answer = result({"statusCode": 200, "body": body, "headers": headers, "cookies": cookies})
    except InvalidResult:
        return
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    connection.next_event()
    wire = [(name.encode(), value.encode(errors="replace")) for name, value in answer.headers]
    assert connection.send(h11.Response(status_code=200, headers=[*wire, (b"Content-Length", b"0")]))
