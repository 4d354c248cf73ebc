"""Lifespans: run in the init phase, a failure is an init error, shut down at SIGTERM."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.integration.lambda_streaming.frameworks.conftest import APPS
from tests.support.http_events import url_event
from tests.support.runtime_process import RuntimeProcess
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

STARLETTE = """
    import asyncio, contextlib
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse, StreamingResponse
    from starlette.routing import Route
    from lambda_streaming.asgi import asgi

    @contextlib.asynccontextmanager
    async def lifespan(app):
        print("starting")
        {startup}
        yield {{"answer": "42"}}
        print("stopping")
        {shutdown}

    async def answer(request):
        return PlainTextResponse(request.state.answer)

    async def sleep(request):
        async def body():
            yield "first"
            await asyncio.sleep(60)
        return StreamingResponse(body())

    print("importing")
    handler = asgi(Starlette(lifespan=lifespan, routes=[Route("/", answer), Route("/sleep", sleep)]))
"""


def starlette(startup: str = "", shutdown: str = "") -> str:
    return STARLETTE.format(startup=startup or "pass", shutdown=shutdown or "pass")


def test_startup_comes_before_the_first_next(tmp_path: Path) -> None:
    with RuntimeProcess(tmp_path, starlette("import socket")) as runtime:
        runtime.api.invoke(url_event())
        assert runtime.api.answer().streamed[1] == b"42"
        runtime.api.invoke(url_event())
        assert runtime.api.answer().streamed[1] == b"42"
        assert runtime.log == "importing\nstarting\n"
        assert runtime.api.order[0] == "GET next"


@pytest.mark.parametrize(
    ("failure", "name", "message"),
    [
        ("raise ValueError('no database')", "ValueError", "no database"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
    ],
)
def test_a_failing_startup_is_an_init_error(tmp_path: Path, failure: str, name: str, message: str) -> None:
    with RuntimeProcess(tmp_path, starlette(failure)) as runtime:
        answer = runtime.api.answer()
        assert answer.path == "/init/error"
        name, message = (
            ("ValueError", "no database") if "ValueError" in failure else ("ZeroDivisionError", "")
        )
        assert answer.json["errorType"] == name
        assert message in answer.json["errorMessage"]
        assert answer.headers["lambda-runtime-function-error-type"] == name
        assert any("app.py" in line for line in answer.json["stackTrace"])
        assert runtime.process.wait(20) == 1
        assert runtime.log.count("Traceback") == 1
        assert "never retrieved" not in runtime.log


def test_a_startup_that_only_reports_its_failure(tmp_path: Path) -> None:
    source = """
        from lambda_streaming.asgi import asgi

        async def app(scope, receive, send):
            await receive()
            await send({"type": "lifespan.startup.failed", "message": "no database"})

        handler = asgi(app)
    """
    with RuntimeProcess(tmp_path, source) as runtime:
        answer = runtime.api.answer()
        assert answer.path == "/init/error"
        assert (answer.json["errorType"], answer.json["errorMessage"]) == ("LifespanFailed", "no database")


@pytest.mark.parametrize("path", ["", "/sleep"])
def test_sigterm_shuts_down(tmp_path: Path, path: str) -> None:
    with RuntimeProcess(tmp_path, starlette()) as runtime:
        runtime.api.invoke(url_event())
        runtime.api.answer()
        if path:
            runtime.api.invoke(url_event(path))
            runtime.api.started()
            runtime.api.started().wait_for(1)
        runtime.process.send_signal(signal.SIGTERM)
        assert runtime.process.wait(20) == 0, runtime.log
        assert runtime.log == "importing\nstarting\nstopping\n"


def test_a_failing_shutdown_is_logged(tmp_path: Path) -> None:
    with RuntimeProcess(tmp_path, starlette("", "raise ValueError('still busy')")) as runtime:
        runtime.api.invoke(url_event())
        runtime.api.answer()
        runtime.process.send_signal(signal.SIGTERM)
        assert runtime.process.wait(20) == 0, runtime.log
        assert "[ERROR] ValueError: still busy" in runtime.log
        assert runtime.log.count("Traceback") == 1
        assert "never retrieved" not in runtime.log


@pytest.mark.parametrize(
    "app",
    [
        "assert scope['type'] == 'http'",
        "if scope['type'] != 'http': return",
        "if scope['type'] != 'http': raise NotImplementedError(scope['type'])",
    ],
)
def test_an_application_that_knows_no_lifespan(tmp_path: Path, app: str) -> None:
    source = f"""
        from lambda_streaming.asgi import asgi

        async def app(scope, receive, send):
            {app}
            await send({{"type": "http.response.start", "status": 200}})
            await send({{"type": "http.response.body", "body": b"served"}})

        handler = asgi(app)
    """
    with RuntimeProcess(tmp_path, source) as runtime:
        runtime.api.invoke(url_event())
        assert runtime.api.answer().streamed[1] == b"served"
        runtime.process.send_signal(signal.SIGTERM)
        runtime.process.wait(20)
        assert runtime.log.count("runs without its lifespan") == (0 if app.endswith("return") else 1)
        assert runtime.log.count("\n") <= 1


def test_behind_a_url_a_failing_startup_is_a_502(tmp_path: Path, template: str) -> None:
    (tmp_path / "failing_app.py").write_text(
        "from fastapi import FastAPI\n"
        "from lambda_streaming.asgi import asgi\n"
        "async def lifespan(app):\n"
        "    raise ValueError('no database')\n"
        "    yield\n"
        "handler = asgi(FastAPI(lifespan=__import__('contextlib').asynccontextmanager(lifespan)))\n"
    )
    path = tmp_path / "template.yaml"
    path.write_text(template.replace(f"CodeUri: {APPS}", f"CodeUri: {tmp_path}") + FAILING)
    with LocalLambda(path) as running:
        answer = request(running.urls["Failing"])
        assert (answer.status, answer.body) == (502, b"Internal Server Error")
        running.wait_for("ValueError: no database")
        assert request(running.urls["Failing"]).status == 502


FAILING = """\
  Failing:
    Type: AWS::Serverless::Function
    Properties: {Handler: failing_app.handler}
"""
