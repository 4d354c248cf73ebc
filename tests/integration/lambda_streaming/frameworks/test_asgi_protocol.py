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


WRITE_ASGI, WRITE_WSGI = ": write `handler = asgi(app)`", ": write `handler = wsgi(app)`"
EXPECTS = "expects an application of"
MISTAKES = [
    ("handler = asgi(flask)", f"asgi() {EXPECTS} ASGI, and this is one of WSGI (Flask){WRITE_WSGI}"),
    ("handler = wsgi(fastapi)", f"wsgi() {EXPECTS} WSGI, and this is one of ASGI (FastAPI){WRITE_ASGI}"),
    ("handler = fastapi", f"The handler 'app.handler' is an application of ASGI (FastAPI){WRITE_ASGI}"),
    ("handler = flask", f"The handler 'app.handler' is an application of WSGI (Flask){WRITE_WSGI}"),
    ("handler = asgi(lambda scope: None)", f"asgi() {EXPECTS} ASGI: function is none"),
    ("handler = wsgi('app:app')", f"wsgi() {EXPECTS} WSGI: str is none"),
]


@pytest.mark.parametrize(("line", "message"), MISTAKES)
def test_a_mistaken_application_is_told_at_import(tmp_path: Path, line: str, message: str) -> None:
    source = f"""
        from fastapi import FastAPI
        from flask import Flask
        from lambda_streaming.asgi import asgi
        from lambda_streaming.wsgi import wsgi
        fastapi, flask = FastAPI(), Flask("x")
        {line}
    """
    with RuntimeProcess(tmp_path, source) as runtime:
        answer = runtime.answer()
        assert answer.path == "/init/error"
        assert (answer.json["errorType"], answer.json["errorMessage"][: len(message)]) == (
            "TypeError",
            message,
        )
        assert message in runtime.log


def test_a_lifespan_that_raises_is_one_warning(tmp_path: Path) -> None:
    source = """
        from lambda_streaming.asgi import asgi

        async def app(scope, receive, send):
            assert scope["type"] == "http", "only http"
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"body"})

        handler = asgi(app)
    """
    with RuntimeProcess(tmp_path, source) as runtime:
        for _ in range(2):
            runtime.api.invoke(url_event())
            assert runtime.answer().streamed[1] == b"body"
        [line] = runtime.log.splitlines()
        assert line.startswith("[WARNING]")
        assert "runs without its lifespan, which raised AssertionError('only http')" in line


SHORT = "await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', b'9')]})"


def test_a_body_that_is_shorter_than_announced_fails_before_its_end(tmp_path: Path) -> None:
    answer, log = serve(tmp_path, SHORT, BODY, END)
    assert answer.streamed[1] == b"body"
    assert answer.trailers["lambda-runtime-function-error-type"] == "ContentLengthError"
    assert "has sent 4 of the 9 bytes of its own Content-Length" in log


def test_an_empty_piece_sends_the_head(tmp_path: Path) -> None:
    """As a client of server-sent events waits for it."""
    empty = "await send({'type': 'http.response.body', 'body': b'', 'more_body': True})"
    wait = "while not __import__('os').path.exists(scope['aws.event']['rawPath']): pass"
    gate = tmp_path / "open"
    source = "from lambda_streaming.asgi import asgi\nasync def app(scope, receive, send):\n"
    source += "    if scope['type'] == 'lifespan': return\n"
    source += "".join(f"    {line}\n" for line in (START, empty, wait, END)) + "handler = asgi(app)\n"
    with RuntimeProcess(tmp_path, source) as runtime:
        runtime.api.invoke(url_event(str(gate)))
        prelude = b'{"statusCode": 200, "headers": {}}' + b"\0" * 8
        assert runtime.api.started().wait_for(len(prelude)) == prelude
        gate.touch()
        assert runtime.answer().streamed[1] == b""


def test_a_client_that_is_gone(tmp_path: Path) -> None:
    """Starlette's is_disconnected() asks without waiting; each time it asks costs nothing later."""
    source = """
        from starlette.requests import Request
        from starlette.responses import PlainTextResponse
        from lambda_streaming.asgi import asgi

        async def app(scope, receive, send):
            if scope["type"] == "lifespan":
                return
            request = Request(scope, receive)
            for _ in range(100):
                assert not await request.is_disconnected()
            left = len(send.__self__._stream._waiting)
            await PlainTextResponse(str(left))(scope, receive, send)
            assert await request.is_disconnected()
            assert (await receive())["type"] == "http.disconnect"

        handler = asgi(app)
    """
    with RuntimeProcess(tmp_path, source) as runtime:
        runtime.api.invoke(url_event())
        assert runtime.answer().streamed[1] == b"0"
        runtime.api.wait_for_next(2)
        assert runtime.log == ""


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ("2000 OK", "expected a status such as '200 OK', got '2000 OK'"),
        ("x", "expected a status such as '200 OK', got 'x'"),
        ("100 Continue", "statusCode must be from 200 to 599, got 100"),
        ("200 OK', [('A', 5)]) #", "the value of 'A' must be a str, got int"),
        ("200 OK', [('A b', 'c')]) #", "'A b' is not a valid header name"),
        ("200 OK', [('A', 'b\\nc')]) #", "the value of 'A' must not have a line break"),
        (
            "200 OK', [('A', '\\u6f22')]) #",
            "the value of 'A' has characters beyond U+00FF, which PEP 3333 forbids",
        ),
    ],
)
def test_start_response_checks_what_it_is_given(tmp_path: Path, start: str, message: str) -> None:
    source = f"""
        from lambda_streaming.wsgi import wsgi

        def app(environ, start_response):
            try:
                start_response('{start}', [])
            except Exception as error:
                start_response("200 OK", [])
                return [str(error).encode()]

        handler = wsgi(app)
    """
    with RuntimeProcess(tmp_path, source) as runtime:
        runtime.api.invoke(url_event())
        assert runtime.answer().streamed[1].decode().startswith(message)


def test_the_environ(tmp_path: Path) -> None:
    source = """
        from lambda_streaming.wsgi import wsgi

        def app(environ, start_response):
            start_response("200 OK", [("X-Echo", environ["HTTP_X_NAME"])])
            names = ("PATH_INFO", "REQUEST_URI", "RAW_URI", "QUERY_STRING", "SERVER_NAME", "HTTP_COOKIE")
            yield repr([environ[name].encode("latin-1") for name in names]).encode()
            yield repr(environ["aws.event"]).encode()

        handler = wsgi(app)
    """
    event = {
        **url_event("/a%2Fb", query="q=漢", x_name="Grüße 漢", cookie="n=SECRET 漢"),
        "cookies": ["n=SECRET"],
    }
    with RuntimeProcess(tmp_path, source) as runtime:
        runtime.api.invoke(event)
        prelude, body = runtime.answer().streamed
        assert prelude["headers"]["x-echo"] == "Grüße 漢"
        uri = "/a%2Fb?q=漢".encode()
        name = event["headers"]["host"].encode()
        values = [b"/a/b", uri, uri, "q=漢".encode(), name, "n=SECRET 漢".encode()]
        assert body.startswith(repr(values).encode())
        assert b"SECRET" not in body[len(repr(values)) :]


def test_header_bytes_of_an_asgi_application(tmp_path: Path) -> None:
    echo = (
        "headers = [(b'x-echo', dict(scope['headers'])[b'x-name']), (b'x-latin', bytes([99, 97, 102, 233]))]"
    )
    start = "await send({'type': 'http.response.start', 'status': 200, 'headers': headers})"
    answer, _ = serve(tmp_path, echo, start, END, event=url_event(x_name="Grüße 漢"))
    assert answer.streamed[0]["headers"] == {"x-echo": "Grüße 漢", "x-latin": "café"}
