"""What happens to one invocation is no other's business: their bytes, their errors, their ends."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.lambda_streaming.conftest import Start
from tests.integration.lambda_streaming.shared.conftest import (
    deadline,
    serve,
    shared,
    wait_until_none_goes_on,
)
from tests.support.interpreters import interpreters
from tests.support.runtime_api_server import Exchange
from tests.support.runtime_process import RuntimeProcess

PLACES = 200

SOURCE = """
import asyncio, io, os, sys, threading
from lambda_streaming import HttpResponseStream, pipeline

def pieces(event):
    for number, size in enumerate(event["sizes"]):
        yield (b"<%d:%d>" % (event["number"], number) * (size // 4 + 1))[:size]

async def wait(event):
    await asyncio.sleep(event["pause"] / 1000)

running = 0

async def handler(event, context):
    global running
    if event["how"] == "count running":
        return str(running)
    running += 1
    try:
        return await respond(event, context)
    finally:
        running -= 1

async def respond(event, context):
    how, stream = event["how"], context.response_stream
    if how == "return":
        await wait(event)
        return b"".join(pieces(event)).decode()
    if how == "fail":
        await wait(event)
        raise ValueError(event["number"])
    HttpResponseStream.from_(stream, {"statusCode": 200 + event["number"] % 99})
    if how == "thread":
        await asyncio.to_thread(lambda: [stream.write(piece) for piece in pieces(event)])
    elif how == "both":
        def odd():
            for piece in pieces(event):
                stream.write(piece)
        await asyncio.get_running_loop().run_in_executor(None, odd)
    elif how == "pipeline":
        pipeline(io.BytesIO(b"".join(pieces(event))), stream)  # not awaited: the response ends after it
    elif how == "pipeline generator":
        await pipeline(pieces(event), stream)
    else:
        for piece in pieces(event):
            stream.write(piece)
            if event["drains"]:
                await stream.drain()
            await wait(event)
    if how == "fail late":
        raise ValueError(event["number"])
    if how == "cancel":
        asyncio.current_task().cancel()
        await asyncio.sleep(60)
    if how == "exit":
        sys.exit(event["number"])
    if how == "exit in a task":
        async def leave():
            sys.exit(event["number"])
        asyncio.create_task(leave()).add_done_callback(asyncio.Task.exception)
        await asyncio.sleep(0.01)
    if how == "late":
        await asyncio.sleep(60)
    return None
"""

WHOLE = ("write", "thread", "both", "pipeline", "pipeline generator", "exit in a task")
ERRORS = {
    "fail": "ValueError",
    "fail late": "ValueError",
    "cancel": "CancelledError",
    "exit": "Runtime.ExitError",
    "late": "Sandbox.Timedout",
}

invocation = st.fixed_dictionaries(
    {
        "how": st.sampled_from(("return", *WHOLE, *ERRORS)),
        "sizes": st.lists(st.one_of(st.integers(0, 200), st.integers(0, 100_000)), max_size=12),
        "pause": st.integers(0, 5),
        "drains": st.booleans(),
        "gone": st.one_of(st.none(), st.none(), st.integers(1, 50_000)),
    }
)


def expected_body(event: dict[str, Any]) -> bytes:
    pieces = [
        (b"<%d:%d>" % (event["number"], number) * (size // 4 + 1))[:size]
        for number, size in enumerate(event["sizes"])
    ]
    return b"".join(pieces)


def check(event: dict[str, Any], exchange: Exchange) -> None:
    body, how = expected_body(event), event["how"]
    assert exchange.headers.get("lambda-runtime-invocation-id") == f"attempt-{event['number']}"
    if not exchange.complete:  # its client has gone: what came until then is its own
        assert event["gone"] is not None
        assert body.startswith(exchange.body.partition(b"\0" * 8)[2])
        return
    if exchange.path.endswith("/error"):
        told: str | None
        assert how == "fail" or (how in ERRORS and (how == "late" or not body))
        told, document = exchange.headers["lambda-runtime-function-error-type"], exchange.json
    else:
        metadata, came = exchange.streamed
        assert how == "return" or metadata == {"statusCode": 200 + event["number"] % 99}
        assert came == body if how != "late" else body.startswith(came)
        told = exchange.trailers.get("lambda-runtime-function-error-type")
        document = json.loads(
            base64.b64decode(exchange.trailers.get("lambda-runtime-function-error-body", "e30="))
        )
    assert told == ERRORS.get(how)
    if told == "ValueError":
        assert document["errorMessage"] == str(event["number"])


@pytest.fixture(scope="module", params=interpreters())
def runtime(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RuntimeProcess]:
    directory: Path = tmp_path_factory.mktemp("shared")
    interpreter = interpreters()[request.param]
    with RuntimeProcess(directory, SOURCE, environment=shared(PLACES), interpreter=interpreter) as runtime:
        yield runtime


@settings(
    max_examples=4,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(kinds=st.lists(invocation, min_size=20, max_size=60), seed=st.integers(0, 1 << 32))
def test_hundreds_of_streams_at_once(runtime: RuntimeProcess, kinds: list[dict[str, Any]], seed: int) -> None:
    """Each of them is served as if it were alone, whatever becomes of the others."""
    order = random.Random(seed)
    events = []
    for number in range(PLACES):
        event = {**order.choice(kinds), "number": number}
        headers = {"Lambda-Runtime-Invocation-Id": f"attempt-{number}"}
        if event["how"] == "late":
            headers |= deadline(order.uniform(0.2, 1))
        event["settings"] = {"headers": headers, "close_after": event["gone"]}
        events.append(event)
    for event, exchange in zip(events, serve(runtime, events), strict=True):
        check(event, exchange)
    assert runtime.process.poll() is None, runtime.log
    assert "never retrieved" not in runtime.log
    wait_until_none_goes_on(runtime, PLACES)
    assert "Traceback (most recent call last)" not in runtime.log, "only in the stackTrace of an error record"


STUCK = """
import asyncio

async def handler(event, context):
    if event.get("swallows"):
        for _ in range(100):
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                print("go on")
    elif event.get("waits"):
        await asyncio.sleep(60)
    return event
"""


def test_the_error_of_a_timeout_tells_where_the_handler_was(start: Start) -> None:
    runtime = start(STUCK, environment=shared(1))
    before = time.time()
    error = runtime.invoke({"waits": True}, headers=deadline(0.5))
    assert time.time() > before + 0.5, "Lambda's own word comes first"
    assert error.path.endswith("/error")
    assert error.json["errorType"] == "Sandbox.Timedout"
    assert "await asyncio.sleep(60)" in error.json["stackTrace"][0]
    assert runtime.invoke({"next": 1}).json == {"next": 1}
    assert runtime.api.connections == 1


def test_a_handler_that_will_not_be_cancelled_keeps_no_place(start: Start) -> None:
    """Its connection is given up, and the next invocation comes by another."""
    runtime = start(STUCK, environment=shared(1))
    runtime.api.invoke({"swallows": True}, headers=deadline(0.3))
    assert runtime.invoke({"next": 1}).json == {"next": 1}
    assert "goes on, though it has been cancelled" in runtime.log
    assert runtime.api.connections == 2
