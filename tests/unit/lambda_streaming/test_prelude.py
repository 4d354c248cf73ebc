from __future__ import annotations

import collections
import json
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_streaming import _prelude


def decoded(metadata: Any) -> Any:
    text, separator, rest = _prelude.encode(metadata).partition(b"\0" * 8)
    assert (separator, rest) == (b"\0" * 8, b"")
    assert text.isascii()
    return json.loads(text)


def test_status_headers_and_cookies() -> None:
    metadata = {
        "statusCode": 404,
        "headers": {"Content-Type": "text/plain"},
        "cookies": ["a=b", "c=d; Secure"],
    }
    assert decoded(metadata) == metadata


def test_nothing_but_a_status_by_default() -> None:
    assert decoded({}) == {"statusCode": 200}


def test_absent_parts_may_be_none() -> None:
    assert decoded({"headers": None, "cookies": None, "multiValueHeaders": None}) == {"statusCode": 200}


def test_multi_value_headers() -> None:
    metadata = {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=b", "c=d"], "X": ("y",)}}
    assert decoded(metadata)["multiValueHeaders"] == {"Set-Cookie": ["a=b", "c=d"], "X": ["y"]}


def test_numbers_in_headers_become_text() -> None:
    assert decoded({"headers": {"Content-Length": 5, "X": 1.5}})["headers"] == {
        "Content-Length": "5",
        "X": "1.5",
    }


def test_any_mapping_will_do() -> None:
    headers = types.MappingProxyType({"A": "b"})
    metadata = collections.OrderedDict(headers=headers)
    assert decoded(metadata)["headers"] == {"A": "b"}


@pytest.mark.parametrize("text", ["žluť", "日本", "\U0001f600", "\ud800", '"\\/', "\t\x80", ""])
def test_values_are_escaped(text: str) -> None:
    assert decoded({"headers": {"X": text}})["headers"] == {"X": text}


@given(st.text(st.characters(exclude_characters="".join(map(chr, (*range(32), 127))), codec=None)))
def test_no_value_makes_a_second_separator(text: str) -> None:
    encoded = _prelude.encode({"headers": {"X": text}, "cookies": [text]})
    assert encoded.count(b"\0") == 8
    assert json.loads(encoded[:-8]) == {"statusCode": 200, "headers": {"X": text}, "cookies": [text]}


@pytest.mark.parametrize(("status", "expected"), [(200, 200), (599, 599), ("201", 201), (204, 204)])
def test_status(status: object, expected: int) -> None:
    assert decoded({"statusCode": status}) == {"statusCode": expected}


@pytest.mark.parametrize("status", [True, None, 200.0, "2x0", "", "-200", b"200", [200]])
def test_status_of_the_wrong_type(status: object) -> None:
    with pytest.raises(TypeError, match="statusCode must be an int, got"):
        _prelude.encode({"statusCode": status})


@pytest.mark.parametrize("status", [0, 99, 100, 199, 600, -200, "99", "0200", 10**30])
def test_status_out_of_range(status: object) -> None:
    with pytest.raises(ValueError, match="statusCode must be from 200 to 599, got"):
        _prelude.encode({"statusCode": status})


@pytest.mark.parametrize("key", ["headers", "multiValueHeaders"])
@pytest.mark.parametrize("value", ["A: b", ["A"], 5, b""])
def test_headers_that_are_no_dict(key: str, value: object) -> None:
    with pytest.raises(TypeError, match=f"{key} must be a dict, got {type(value).__name__}"):
        _prelude.encode({key: value})


@pytest.mark.parametrize("key", ["headers", "multiValueHeaders"])
@pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\nb", "a\0", "ž", "(a)", "a\t"])
def test_bad_header_name(key: str, name: str) -> None:
    with pytest.raises(ValueError, match="is not a valid header name"):
        _prelude.encode({key: {name: ["v"] if key == "multiValueHeaders" else "v"}})


def test_header_name_that_is_no_str() -> None:
    with pytest.raises(TypeError, match="a header name must be a str, got bytes"):
        _prelude.encode({"headers": {b"A": "b"}})


@pytest.mark.parametrize("value", [None, True, b"v", ["v"], {}])
def test_header_value_of_the_wrong_type(value: object) -> None:
    with pytest.raises(TypeError, match="the value of 'A' must be a str, got"):
        _prelude.encode({"headers": {"A": value}})


@pytest.mark.parametrize("value", ["a\rb", "a\n", "\0", "\x1b", "\x7f", "a\r\nSet-Cookie: b=c"])
def test_header_value_with_a_line_break(value: str) -> None:
    with pytest.raises(ValueError, match="the value of 'A' must not have a line break or control character"):
        _prelude.encode({"headers": {"A": value}})
    with pytest.raises(ValueError, match="must not have a line break or control character"):
        _prelude.encode({"cookies": [value]})
    with pytest.raises(ValueError, match="must not have a line break or control character"):
        _prelude.encode({"multiValueHeaders": {"A": ["fine", value]}})


@pytest.mark.parametrize("value", ["a=b", {"a": "b"}, 5, b"a=b"])
def test_cookies_that_are_no_list(value: object) -> None:
    with pytest.raises(TypeError, match="cookies must be a list of strings, got"):
        _prelude.encode({"cookies": value})
    with pytest.raises(TypeError, match=r"multiValueHeaders\['A'\] must be a list of strings, got"):
        _prelude.encode({"multiValueHeaders": {"A": value}})


def test_unknown_keys_are_named_and_left_out() -> None:
    metadata = {"status": 404, "statusCode": 200, "isBase64Encoded": False, "body": "x"}
    assert _prelude.unknown_keys(metadata) == ["status", "isBase64Encoded", "body"]
    assert decoded(metadata) == {"statusCode": 200}


def test_all_keys_of_api_gateway_are_known() -> None:
    assert _prelude.unknown_keys(dict.fromkeys(_prelude.KEYS)) == []
    assert set(_prelude.KEYS) == {"statusCode", "headers", "multiValueHeaders", "cookies"}
