"""Messages of an ASGI application, in this process; frameworks run in tests/integration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lambda_streaming.asgi import asgi
from lambda_streaming.testing import Response, function_url_event, invoke

END = {"type": "http.response.body", "body": b""}


def start(**headers: str) -> dict[str, Any]:
    return {
        "type": "http.response.start",
        "status": 200,
        "headers": [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()],
    }


def respond(*messages: dict[str, Any], method: str = "GET") -> Response:
    """Return the response of an application that sends these messages."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            assert "http.response.pathsend" in scope["extensions"]
            for message in messages:
                await send(message)

    return invoke(asgi(app), function_url_event(method=method))


def failed(response: Response) -> tuple[str, str]:
    """Type and message of the error that Lambda is told of, before the first byte."""
    assert response.status == 502
    assert response.error is not None
    return response.error["errorType"], response.error["errorMessage"]


@pytest.fixture
def file(tmp_path: Path) -> dict[str, Any]:
    """The message that sends a file of four bytes."""
    (tmp_path / "file").write_bytes(b"\0abc")
    return {"type": "http.response.pathsend", "path": str(tmp_path / "file")}


def test_a_file_is_all_of_the_body(file: dict[str, Any]) -> None:
    response = respond(start(content_length="4", content_type="x/y"), file)
    assert (response.status, response.headers["content-type"]) == (200, "x/y")
    assert response.body == b"\0abc"
    assert respond(start(), file, method="HEAD").body == b""


def test_a_file_that_cannot_be_sent(file: dict[str, Any]) -> None:
    assert failed(respond(start(), {**file, "path": "/nowhere"}))[0] == "FileNotFoundError"
    assert failed(respond(start(content_length="3"), file)) == (
        "ContentLengthError",
        "The application sends more than the 3 bytes of its own Content-Length",
    )


def test_messages_out_of_order(file: dict[str, Any]) -> None:
    unexpected = "Unexpected ASGI message 'http.response."
    assert failed(respond(file)) == (
        "AsgiError",
        f"{unexpected}pathsend': the response has not started",
    )
    assert failed(respond(start(), start()))[1] == f"{unexpected}start': the response has started"
    assert f"{unexpected}body': the response is complete" in respond(start(), file, END).logged
    assert f"{unexpected}pathsend': the response is complete" in respond(start(), END, file).logged


def test_a_piece_of_nothing_sends_the_head() -> None:
    more = {**END, "more_body": True}
    response = respond(start(), more, {**more, "body": b"later"}, END)
    assert (response.status, response.chunks) == (200, [b"later"])


@pytest.mark.parametrize("header", [("a", b"b"), (b"a", "b")])
def test_headers_are_bytes(header: tuple[Any, Any]) -> None:
    kind, message = failed(respond({**start(), "headers": [header]}))
    assert (kind, message.partition(",")[0]) == ("AsgiError", "a header's name and value must be bytes")
