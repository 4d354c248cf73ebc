"""A platform that closes the stream in the middle: the application learns of it, and nothing else ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.lambda_streaming.frameworks.conftest import APPS
from tests.support.http_events import url_event
from tests.support.runtime_process import RuntimeProcess

# Once the stream is closed a write may still fall into the kernel's buffer: hence endless bodies.
RAW = """
    import asyncio
    from lambda_streaming.asgi import asgi

    seen = []

    async def listen(receive):
        seen.append((await receive())["type"])
        seen.append((await receive())["type"])

    async def app(scope, receive, send):
        if scope["path"] == "/seen":
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": " ".join(seen).encode()})
            return
        listener = asyncio.create_task(listen(receive))
        await send({"type": "http.response.start", "status": 200})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})
                await asyncio.sleep(0)
        except OSError as error:
            seen.append(f"{type(error).__name__}")
        try:
            await send({"type": "http.response.body"})
        except OSError as error:
            seen.append("again")
        await listener

    handler = asgi(app)
"""


def break_and_ask(runtime: RuntimeProcess, path: str, then: str) -> bytes:
    """Break the stream of one request; return the body of the answer to another."""
    runtime.api.invoke(url_event(path), close_after=5000)
    broken = runtime.api.answer()
    assert broken.path.endswith("/response")
    assert not broken.complete
    runtime.api.invoke(url_event(then))
    answer = runtime.api.answer()
    assert answer.complete
    assert "/error" not in [line.rpartition(" ")[2] for line in runtime.api.order]
    return answer.streamed[1]


def test_send_raises_and_receive_tells(tmp_path: Path) -> None:
    with RuntimeProcess(tmp_path, RAW) as runtime:
        seen = break_and_ask(runtime, "/endless", "/seen").decode().split()
        assert sorted(seen)[1:] == ["again", "http.disconnect", "http.request"]
        assert sorted(seen)[0] in ("BrokenPipeError", "ConnectionResetError")
        assert "[ERROR]" not in runtime.log
        assert "The response stream was cut before its end" in runtime.log


@pytest.fixture
def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(APPS)}


def test_starlette_s_stream_ends(tmp_path: Path, environment: dict[str, str]) -> None:
    source = "from starlette_app import handler"
    with RuntimeProcess(tmp_path, source, environment=environment) as runtime:
        assert break_and_ask(runtime, "/endless", "/cookies") == b"cookies"
        assert "[ERROR]" not in runtime.log
        assert "The response stream was cut before its end" in runtime.log


def test_starlette_s_stream_ends_through_middleware(tmp_path: Path, environment: dict[str, str]) -> None:
    source = "from starlette_app import handler"
    with RuntimeProcess(tmp_path, source, environment=environment) as runtime:
        assert break_and_ask(runtime, "/stamped/endless", "/cookies") == b"cookies"
        assert "[ERROR]" not in runtime.log


def test_django_s_stream_ends(tmp_path: Path, environment: dict[str, str]) -> None:
    source = "from django_app import handler"
    with RuntimeProcess(tmp_path, source, environment=environment) as runtime:
        # When the view's own generator ends is left to the garbage collector by Django.
        assert break_and_ask(runtime, "/endless", "/echo") == b""
        assert "[ERROR]" not in runtime.log


def test_wsgi_s_iterable_is_closed(tmp_path: Path) -> None:
    source = """
        from lambda_streaming.wsgi import wsgi

        closed = []

        def app(environ, start_response):
            start_response("200 OK", [])
            if environ["PATH_INFO"] == "/closed":
                return [str(closed).encode()]
            return endless()

        def endless():
            try:
                while True:
                    yield b"x" * 1000
            finally:
                closed.append("closed")

        handler = wsgi(app)
    """
    with RuntimeProcess(tmp_path, source) as runtime:
        assert break_and_ask(runtime, "/", "/closed") == b"['closed']"
        assert "[ERROR]" not in runtime.log
