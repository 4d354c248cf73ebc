from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambda_streaming._application_response import ApplicationResponse, ContentLengthError
from lambda_streaming._http_request import HttpRequest
from lambda_streaming._response_stream import ResponseStream
from tests.support.http_events import rest_event, url_event
from tests.support.recording_client import RecordingClient, make_stream

HEADERS = [
    ("Content-Type", "text/plain"),
    ("Set-Cookie", "a=1"),
    ("Vary", "A"),
    ("set-cookie", "b=2"),
    ("vary", "B"),
]


class Sent:
    """A response to a request, and what has been sent of it."""

    def __init__(self, event: dict[str, Any] | None = None, **request: Any) -> None:
        self.client = RecordingClient()
        self.stream: ResponseStream = make_stream(self.client)
        self.response = ApplicationResponse(HttpRequest(event or url_event(**request)), self.stream)

    @property
    def parts(self) -> tuple[dict[str, Any], bytes]:
        prelude, _, body = self.client.body.partition(b"\0" * 8)
        return json.loads(prelude), body


def test_metadata_for_a_function_url() -> None:
    sent = Sent()
    own = ("Content-Length", "Transfer-Encoding", "Connection", "Date", "Keep-Alive")
    sent.response.start(201, [*HEADERS, *((name, "x") for name in own)])
    sent.response.end()
    assert sent.parts == (
        {
            "statusCode": 201,
            "headers": {"content-type": "text/plain", "vary": "A, B"},
            "cookies": ["a=1", "b=2"],
        },
        b"",
    )


def test_metadata_for_a_rest_api() -> None:
    sent = Sent(rest_event())
    sent.response.start(200, [*HEADERS, ("Content-Length", "1"), ("Date", "x")])
    sent.response.write(b"x")
    sent.response.end()
    assert sent.parts[0] == {
        "statusCode": 200,
        "headers": {"content-type": "text/plain", "content-length": "1"},
        "multiValueHeaders": {"vary": ["A", "B"]},
        "cookies": ["a=1", "b=2"],
    }


BODILESS = [("HEAD", 200), ("GET", 204), ("POST", 304)]


@pytest.mark.parametrize(("method", "status"), BODILESS)
def test_responses_that_have_no_body(method: str, status: int) -> None:
    sent = Sent(method=method)
    sent.response.start(status, [("Content-Length", "100")])
    sent.response.write(b"body")
    assert sent.response.complete
    sent.response.end()
    assert sent.parts[1] == b""


def with_length(length: object, pieces: list[bytes], event: dict[str, Any] | None = None) -> Sent:
    sent = Sent(event)
    sent.response.start(200, [("Content-Length", str(length))])
    for piece in pieces:
        sent.response.write(piece)
    sent.response.end()
    return sent


@pytest.mark.parametrize("event", [url_event(), rest_event()], ids=["URL", "REST API"])
@pytest.mark.parametrize(
    ("length", "pieces"), [(4, [b"ab", b"cd"]), (0, []), ("x", [b"abcd"]), ("²", [b"abcd"])], ids=str
)
def test_a_body_of_its_content_length(event: dict[str, Any], length: object, pieces: list[bytes]) -> None:
    assert with_length(length, pieces, event).parts[1] == b"".join(pieces)


@pytest.mark.parametrize("event", [url_event(), rest_event()], ids=["URL", "REST API"])
def test_a_body_of_another_length_is_not_passed_off_as_whole(event: dict[str, Any]) -> None:
    with pytest.raises(ContentLengthError, match="sent 4 of the 5 bytes of its own Content-Length"):
        with_length(5, [b"ab", b"cd"], event)
    with pytest.raises(ContentLengthError, match="more than the 3 bytes of its own Content-Length"):
        with_length(3, [b"ab", b"cd"], event)
    with pytest.raises(ContentLengthError, match="sent 0 of the 5 bytes"):
        with_length(5, [], event)


def test_nothing_of_what_is_too_much_is_sent() -> None:
    sent = Sent()
    sent.response.start(200, [("Content-Length", "3")])
    sent.response.write(b"abc")
    with pytest.raises(ContentLengthError):
        sent.response.write(b"d")
    assert not sent.stream.closed
    sent.stream.end()
    assert sent.parts[1] == b"abc"


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    for length, error in (("7", None), ("8", ContentLengthError), ("6", ContentLengthError)):
        sent = Sent()
        sent.response.start(200, [("Content-Length", length)])
        if error is None:
            sent.response.send_file(str(path))
            assert sent.parts[1] == b"content"
        else:
            with pytest.raises(error):
                sent.response.send_file(str(path))
    head = Sent(method="HEAD")
    head.response.start(200, [])
    head.response.send_file(str(path))
    assert head.parts[1] == b""


@pytest.mark.parametrize("event", [url_event(), rest_event()], ids=["URL", "REST API"])
@pytest.mark.parametrize(
    ("status", "body"), [(200, b"\n"), (307, b"\n"), (202, b"\n"), (205, b""), (204, b"")]
)
def test_a_byte_where_a_body_would_be_empty(
    monkeypatch: pytest.MonkeyPatch, event: dict[str, Any], status: int, body: bytes
) -> None:
    for wanted, expected in (("1", body), ("", b"")):
        monkeypatch.setenv("LAMBDA_STREAMING_NON_EMPTY", wanted)
        sent = Sent(event)
        sent.response.start(status, [("Content-Length", "0"), ("Location", "/x")])
        sent.response.end()
        assert sent.parts[1] == expected
        if expected:
            assert "content-length" not in sent.parts[0]["headers"]


def test_no_byte_in_a_response_to_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMBDA_STREAMING_NON_EMPTY", "true")
    sent = Sent(method="HEAD")
    sent.response.start(200, [])
    sent.response.end()
    assert sent.parts[1] == b""


@pytest.mark.parametrize("piece", [None, 5, ["a"]])
def test_what_is_no_piece(piece: Any) -> None:
    sent = Sent()
    sent.response.start(200, [])
    with pytest.raises(TypeError, match="a response stream takes bytes or str, got"):
        sent.response.write(piece)
