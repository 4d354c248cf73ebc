"""A slow client holds up its own stream, and its memory has a bound; nobody else notices."""

from __future__ import annotations

import pytest

from tests.integration.lambda_streaming.conftest import Start
from tests.integration.lambda_streaming.shared.conftest import memory, shared
from tests.support.http_events import url_event
from tests.support.runtime_process import RuntimeProcess

PIECES, SIZE = 400, 50_000  # 20 MB, of which the sockets hold a few
BOUND = 10_000_000  # bytes of memory more than before

STREAMS = """
import asyncio, io, itertools
from lambda_streaming import HttpResponseStream, pipeline
from lambda_streaming.sse import EventStream
PIECES, SIZE = 400, 50_000

def pieces():
    return (bytes([65 + number % 26]) * SIZE for number in range(PIECES))

async def handler(event, context):
    stream, how = context.response_stream, event.get("how")
    if how == "drain":
        for piece in pieces():
            stream.write(piece)
            await stream.drain()
    elif how == "thread":
        await asyncio.to_thread(lambda: [stream.write(piece) for piece in pieces()])
    elif how == "small writes of a thread":
        await asyncio.to_thread(lambda: [stream.write(p[:1000]) for p in pieces() for _ in range(50)])
    elif how == "pipeline":
        async def items():
            for piece in pieces():
                yield piece
        await pipeline(items(), stream)
    elif how == "file":
        await pipeline(open("large", "rb"), stream)
    elif how == "return":
        return pieces()
    elif how == "events":
        async with EventStream(event, context) as events:
            for number in range(PIECES):
                events.send("x" * SIZE)
                await events.drain()
    else:
        stream.write("quick")
"""

ASGI = """
import asyncio
from lambda_streaming.asgi import asgi

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("none")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/slow":
        for number in range(400):
            await send({"type": "http.response.body", "body": bytes(50_000), "more_body": True})
    await send({"type": "http.response.body", "body": b"quick"})

handler = asgi(app)
"""


def check(runtime: RuntimeProcess, slow_event: object, quick_event: object, *, total: int | None) -> None:
    """While nobody reads the slow response, the quick ones are served, and memory does not grow."""
    for _ in range(4):
        runtime.invoke(quick_event)
    runtime.wait_until_asleep()  # each of its processes has imported what it needs
    before = memory(runtime)
    slow = runtime.api.invoke(slow_event, pause_after=100_000)
    begun = next(started for started in iter(runtime.api.started, None) if slow.request_id in started.path)
    begun.wait_for(100_000)
    for _ in range(10):
        assert runtime.invoke(quick_event).body.endswith(b"quick")
    runtime.wait_until_asleep()
    assert memory(runtime) < before + BOUND
    slow.resume.set()
    whole = runtime.answer()
    assert whole is begun
    assert whole.complete
    if total is not None:
        assert len(whole.body) == total


@pytest.mark.parametrize(
    "how", ["drain", "thread", "small writes of a thread", "pipeline", "file", "return", "events"]
)
def test_a_slow_client(start: Start, how: str) -> None:
    runtime = start(STREAMS, environment=shared(4), files={"large": "x" * PIECES * SIZE})
    check(runtime, {"how": how}, {}, total=None if how == "events" else PIECES * SIZE)


def test_a_slow_client_of_an_application(start: Start) -> None:
    runtime = start(ASGI, environment=shared(4))
    check(runtime, url_event("/slow"), url_event("/"), total=None)


def test_a_write_never_waits_and_what_is_written_comes(start: Start) -> None:
    """Without a drain all of it is kept: the handler is through before anybody has read."""
    source = """
    import logging
    def pieces():
        return [bytes([65 + number % 26]) * 50_000 for number in range(400)]

    async def handler(event, context):
        for piece in pieces():
            context.response_stream.write(piece)
        logging.getLogger().warning("through")
    """
    runtime = start(source, environment=shared(1))
    slow = runtime.api.invoke(pause_after=1)
    begun = runtime.api.started()
    begun.wait_for(1)
    runtime.wait_until_asleep()
    assert "through" in runtime.log
    assert not begun.complete
    slow.resume.set()
    assert runtime.answer().body == b"".join(bytes([65 + number % 26]) * 50_000 for number in range(400))


def test_a_thread_that_writes_while_the_loop_waits_for_it_goes_on(start: Start) -> None:
    """A handler that blocks the loop harms all, but does not hang."""
    source = """
    import threading

    async def handler(event, context):
        stream = context.response_stream
        thread = threading.Thread(target=lambda: [stream.write(bytes(50_000)) for _ in range(100)])
        thread.start()
        thread.join()
    """
    runtime = start(source, environment=shared(1))
    assert len(runtime.invoke().body) == 5_000_000


@pytest.mark.parametrize("environment", [{}, shared(1)], ids=["alone", "shared"])
def test_the_same_handler_runs_everywhere(start: Start, environment: dict[str, str]) -> None:
    source = """
    from lambda_streaming import streamify_response, trace_id

    @streamify_response
    async def handler(event, response_stream, context):
        await response_stream.drain()
        response_stream.write("a")
        await response_stream.drain()
        response_stream.write(trace_id())
        response_stream.end()
        await response_stream.drain()
    """
    runtime = start(source, environment=environment)
    assert runtime.invoke(headers={"Lambda-Runtime-Trace-Id": "Root=1-0"}).body == b"aRoot=1-0"
