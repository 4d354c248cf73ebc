"""Applications that do not keep to ASGI or PEP 3333: each gets an error that says so."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.http_events import url_event
from tests.support.runtime_api_server import Exchange
from tests.support.runtime_process import RuntimeProcess

START = "await send({'type': 'http.response.start', 'status': 200})"
BODY = "await send({'type': 'http.response.body', 'body': b'body', 'more_body': True})"
END = "await send({'type': 'http.response.body', 'body': b''})"


def serve(tmp_path: Path, *statements: str, event: Any = None) -> tuple[Exchange, str]:
    lines = ["async def app(scope, receive, send):", "    if scope['type'] == 'lifespan': return"]
    lines += [f"    {statement}" for statement in statements]
    source = "from lambda_streaming.asgi import asgi\n" + "\n".join(lines) + "\nhandler = asgi(app)\n"
    with RuntimeProcess(tmp_path, source) as runtime:
        runtime.api.invoke(url_event() if event is None else event)
        answer = runtime.answer()
        runtime.api.wait_for_next(2)  # whatever it was, the environment goes on
        return answer, runtime.log


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["pass"], "The ASGI application returned without a response"),
        ([START], "The ASGI application returned without the end of its response"),
        ([BODY], "Unexpected ASGI message 'http.response.body': the response has not started"),
        ([START, START], "Unexpected ASGI message 'http.response.start': the response has started"),
        ([START, "await send({'type': 'x'})"], "Unexpected ASGI message 'x': the response has started"),
    ],
)
def test_before_the_first_byte(tmp_path: Path, statements: list[str], message: str) -> None:
    answer, log = serve(tmp_path, *statements)
    assert answer.path.endswith("/error")
    assert (answer.json["errorType"], answer.json["errorMessage"]) == ("AsgiError", message)
    assert message in log


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        ([START, BODY], "The ASGI application returned without the end of its response"),
        ([START, BODY, START], "Unexpected ASGI message 'http.response.start': the response has started"),
    ],
)
def test_after_the_first_byte(tmp_path: Path, statements: list[str], message: str) -> None:
    answer, log = serve(tmp_path, *statements)
    assert answer.streamed[1] == b"body"
    document = json.loads(base64.b64decode(answer.trailers["lambda-runtime-function-error-body"]))
    assert (document["errorType"], document["errorMessage"]) == ("AsgiError", message)
    assert message in log


def test_after_the_end(tmp_path: Path) -> None:
    answer, log = serve(tmp_path, START, BODY, END, BODY)
    assert answer.streamed[1] == b"body"
    assert not answer.trailers
    assert "Unexpected ASGI message 'http.response.body': the response is complete" in log


@pytest.mark.parametrize("event", [{}, {"Records": []}])
def test_an_event_of_something_else(tmp_path: Path, event: Any) -> None:
    answer, _ = serve(tmp_path, START, END, event=event)
    assert answer.path.endswith("/error")
    assert answer.json["errorMessage"].startswith("the event is not of an HTTP request: expected payload")


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ("[(b'a b', b'c')]", "'a b' is not a valid header name"),
        ("[(b'a', b'b\\r\\nc: d')]", "the value of 'a' must not have a line break"),
    ],
)
def test_headers_that_are_none(tmp_path: Path, headers: str, message: str) -> None:
    start = f"await send({{'type': 'http.response.start', 'status': 200, 'headers': {headers}}})"
    answer, _ = serve(tmp_path, start, END)
    assert answer.path.endswith("/error")
    assert message in answer.json["errorMessage"]


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)], ids=["HEAD", "204", "304"]
)
def test_a_response_without_a_body_ends_however_long_the_application_goes_on(
    tmp_path: Path, method: str, status: int
) -> None:
    start = START.replace("200", str(status))
    told = "assert (await receive())['type'] == 'http.disconnect'"
    answer, log = serve(tmp_path, start, BODY, told, BODY, BODY, END, event=url_event(method=method))
    prelude, body = answer.streamed
    assert (prelude["statusCode"], body, answer.trailers, log) == (status, b"", {}, "")


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["return []"], "The WSGI application returned without calling start_response"),
        (["return [b'body']"], "The WSGI application returned without calling start_response"),
        (
            ["start_response('200 OK', [])", "start_response('200 OK', [])"],
            "start_response was called again without exc_info",
        ),
        (["start_response('200 OK', [])", "return [1]"], "a response stream takes bytes or str, got int"),
    ],
)
def test_wsgi_applications(tmp_path: Path, statements: list[str], message: str) -> None:
    lines = ["def app(environ, start_response):", *[f"    {statement}" for statement in statements]]
    source = "from lambda_streaming.wsgi import wsgi\n" + "\n".join(lines) + "\nhandler = wsgi(app)\n"
    with RuntimeProcess(tmp_path, source) as runtime:
        runtime.api.invoke(url_event())
        answer = runtime.answer()
        assert answer.path.endswith("/error")
        assert answer.json["errorMessage"] == message


def test_wsgi_replaces_the_head_on_an_error_before_the_first_byte(tmp_path: Path) -> None:
    source = """
        import sys
        from wsgiref.validate import validator
        from lambda_streaming.wsgi import wsgi

        @validator
        def app(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            try:
                raise ValueError
            except ValueError:
                start_response("503 Busy", [("Content-Type", "text/plain")], sys.exc_info())
            return [b"busy"]

        handler = wsgi(app)
    """
    with RuntimeProcess(tmp_path, source) as runtime:
        runtime.api.invoke(url_event())
        prelude, body = runtime.answer().streamed
        assert (prelude["statusCode"], body, runtime.log) == (503, b"busy", "")
