from __future__ import annotations

import pytest

from lambda_streaming._http_message import closes, parse_head, text_of


def test_status_and_headers() -> None:
    head = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length:  16 \r\nX:a:b"
    assert parse_head(head) == (202, {"content-type": "application/json", "content-length": "16", "x": "a:b"})


def test_no_reason_and_no_headers() -> None:
    assert parse_head(b"HTTP/1.1 204 ") == (204, {})
    assert parse_head(b"HTTP/1.0 500") == (500, {})


def test_bytes_beyond_ascii_survive() -> None:
    _, headers = parse_head("HTTP/1.1 200 OK\r\nLambda-Runtime-Client-Context: ž".encode())
    assert headers["lambda-runtime-client-context"].encode("latin-1").decode() == "ž"


@pytest.mark.parametrize(
    "head", [b"", b"SSH-2.0-x", b"HTTP/2 200", b"HTTP/1.1", b"HTTP/1.1 abc", b"HTTP/1.1 2"]
)
def test_other_protocols_are_refused(head: bytes) -> None:
    with pytest.raises(ValueError, match="something other than HTTP/1"):
        parse_head(head)


def test_the_last_one_on_its_connection() -> None:
    assert closes({"connection": "Close"})
    assert not closes({"connection": "keep-alive"})
    assert not closes({})


def test_a_body_as_text() -> None:
    assert text_of(b' {"status":"OK"}\n') == '{"status":"OK"}'
    assert text_of(b"\xff") == "\N{REPLACEMENT CHARACTER}"
