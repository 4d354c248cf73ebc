from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import subprocess
import sys
import types
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from lambda_streaming import HttpResponseStream, LambdaContext, ResponseStream, pipeline, streamify_response
from lambda_streaming.asgi import asgi
from lambda_streaming.testing import Response, function_url_event, invoke, invoke_async, lambda_context
from lambda_streaming.wsgi import wsgi
from tests.support.runtime_process import LAYER

METADATA = {"statusCode": 201, "headers": {"Content-Type": "text/plain", "X-A": "b"}, "cookies": ["c=1"]}
EXPECTED = Response(201, {"content-type": "text/plain", "x-a": "b"}, ["c=1"], [b"one, ", b"two"])


@streamify_response
def writes(event: Any, response_stream: ResponseStream, context: Any) -> None:
    stream = HttpResponseStream.from_(response_stream, METADATA)
    stream.write("one, ")
    stream.write(b"two")


@streamify_response
async def awaits(event: Any, response_stream: ResponseStream, context: Any) -> None:
    stream = HttpResponseStream.from_(response_stream, METADATA)
    stream.write("one, ")
    await asyncio.sleep(0)
    stream.end("two")
    await stream.finished()


@streamify_response
def yields(event: Any, context: Any) -> Iterator[Any]:
    yield METADATA
    yield "one, "
    yield b"two"


@streamify_response
async def yields_later(event: Any, context: Any) -> AsyncIterator[Any]:
    yield METADATA
    yield "one, "
    yield b"two"


def on_the_context(event: Any, context: LambdaContext) -> None:
    stream = HttpResponseStream.from_(context.response_stream, METADATA)
    stream.write("one, ")
    stream.write(b"two")


def unmarked(event: Any, context: Any) -> Iterator[Any]:
    yield METADATA
    yield "one, "
    yield b"two"


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        return
    headers = [(b"content-type", b"text/plain"), (b"x-a", b"b"), (b"set-cookie", b"c=1")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": b"one, ", "more_body": True})
    await send({"type": "http.response.body", "body": b"two"})


def wsgi_app(environ: Any, start_response: Any) -> list[bytes]:
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-A", "b"), ("Set-Cookie", "c=1")])
    return [b"one, ", b"two"]


FORMS = (writes, awaits, yields, yields_later, on_the_context, unmarked, asgi(app), wsgi(wsgi_app))


@pytest.mark.parametrize("handler", FORMS, ids=lambda one: getattr(one, "__name__", type(one).__name__))
def test_every_form_of_handler(handler: Any) -> None:
    assert invoke(handler, function_url_event()) == EXPECTED


def test_from_an_async_test() -> None:
    async def test() -> None:
        assert await invoke_async(yields_later, function_url_event()) == EXPECTED
        assert await invoke_async(awaits) == EXPECTED

    asyncio.run(test())


def test_each_write_is_a_chunk_however_many_there_are() -> None:
    @streamify_response
    def handler(event: Any, context: Any) -> Iterator[str]:
        for number in range(100):
            yield str(number)

    response = invoke(handler)
    assert response.chunks == [str(number).encode() for number in range(100)]
    assert (response.status, response.headers) == (200, {"content-type": "application/octet-stream"})


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100_000)

    @streamify_response
    def handler(event: Any, response_stream: ResponseStream, context: Any) -> None:
        pipeline(path.open("rb"), response_stream)

    assert invoke(handler).body == b"x" * 100_000


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"statusCode": 404, "headers": {"A": "b"}, "body": "no"}, (404, "b", b"no")),
        ({"statusCode": 200, "body": "aGk=", "isBase64Encoded": True}, (200, None, b"hi")),
        ({"statusCode": 204}, (204, None, b"")),
        ({"a": 1}, (200, None, b'{"a": 1}')),
        ("text", (200, None, b"text")),
        (b"\x00\xff", (200, None, b"\x00\xff")),
        (None, (200, None, b"null")),
    ],
)
def test_a_buffered_handler_as_behind_a_buffered_url(result: Any, expected: Any) -> None:
    response = invoke(lambda event, context: result)
    assert (response.status, response.headers.get("a"), response.body) == expected


def test_an_error_before_the_first_byte() -> None:
    def handler(event: Any, context: Any) -> str:
        raise ValueError("told")

    for form in (handler, streamify_response(handler)):
        response = invoke(form)
        assert (response.status, response.body) == (502, b"Internal Server Error")
        assert response.error is not None
        assert (response.error["errorType"], response.error["errorMessage"]) == ("ValueError", "told")
        assert "in handler" in response.error["stackTrace"][-1]
        assert "[ERROR] ValueError: told\nTraceback" in response.logged


def test_an_error_after_the_first_byte() -> None:
    @streamify_response
    def handler(event: Any, context: Any) -> Iterator[str]:
        yield "part"
        raise ValueError("told")

    response = invoke(handler)
    assert (response.status, response.body) == (200, b"part")
    assert response.error is not None
    assert response.error["errorMessage"] == "told"


def test_what_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    @streamify_response
    def handler(event: Any, context: LambdaContext) -> Iterator[Any]:
        print("printed")
        logging.getLogger("own").warning("logged %s", event["name"])
        context.log("through the context\n")
        yield {"status": 200}
        yield "x"

    response = invoke(handler, {"name": "this"}, lambda_context(aws_request_id="some-id"))
    lines = response.logged.splitlines()
    assert lines[0] == "printed"
    assert lines[1].startswith("[WARNING]\t")
    assert lines[1].endswith("\tlogged this")
    assert lines[2] == "through the context"
    assert "Metadata key 'status' is ignored by Lambda" in lines[3]
    assert capsys.readouterr().out == "printed\n"  # which goes on to where it goes
    assert invoke(lambda event, context: None).logged == ""


def test_the_context() -> None:
    context = lambda_context(function_name="name", remaining_time_in_millis=60_000)
    seen = []

    def handler(event: Any, context: LambdaContext) -> None:
        seen.append(context)
        context.response_stream.write(context.function_name or "")

    assert invoke(handler, None, context).body == b"name"
    assert seen == [context]
    assert 50_000 < context.get_remaining_time_in_millis() <= 60_000
    assert context.invoked_function_arn.endswith(":function:name")
    assert (context.memory_limit_in_mb, context.function_version) == ("128", "$LATEST")


def test_another_context() -> None:
    context = types.SimpleNamespace(aws_request_id="mine")
    assert invoke(on_the_context, None, context) == EXPECTED


def test_the_event_of_a_function_url() -> None:
    async def home(request: Request) -> PlainTextResponse:
        seen = (request.method, str(request.url), request.cookies, request.headers["x-a"])
        return PlainTextResponse(repr((*seen, await request.body())))

    handler = asgi(Starlette(routes=[Route("/a", home, methods=["PUT"])]))
    more: Any = {"headers": {"X-A": "b", "Host": "h"}, "cookies": ["e=3", "f=4"], "body": b"\xff"}
    event = function_url_event("/a", "PUT", query="c=1&c=2&d=", **more)
    expected = ("PUT", "https://h/a?c=1&c=2&d=", {"e": "3", "f": "4"}, "b", b"\xff")
    assert invoke(handler, event).text == repr(expected)
    assert event["queryStringParameters"] == {"c": "1,2", "d": ""}
    assert function_url_event(body="ž")["headers"]["content-length"] == "2"
    assert function_url_event(body='{"a": 1}')["isBase64Encoded"] is False


def test_the_lifespan_is_run_around_each_invocation() -> None:
    steps = []

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, str]]:
        steps.append("up")
        yield {"name": "state"}
        steps.append("down")

    def home(request: Request) -> PlainTextResponse:
        steps.append("served")
        return PlainTextResponse(request.state.name)

    handler = asgi(Starlette(routes=[Route("/", home)], lifespan=lifespan))
    before = signal.getsignal(signal.SIGTERM)
    assert invoke(handler, function_url_event()).text == "state"
    assert asyncio.run(invoke_async(handler, function_url_event())).text == "state"
    assert steps == ["up", "served", "down"] * 2
    assert signal.getsignal(signal.SIGTERM) is before


def test_json() -> None:
    assert invoke(lambda event, context: {"seen": event}, {"a": [1]}).json() == {"seen": {"a": [1]}}


def test_the_runtime_does_not_import_it() -> None:
    imports = "import lambda_streaming._main, lambda_streaming.asgi, lambda_streaming.wsgi, sys"
    command = [sys.executable, "-c", f"{imports}; print(*sys.modules)"]
    path = {"PYTHONPATH": str(LAYER)}
    shown = subprocess.run(command, env=path, capture_output=True, text=True, check=True)
    assert "lambda_streaming.testing" not in shown.stdout.split()
    assert "lambda_streaming._in_memory_client" not in shown.stdout.split()
