"""The processes of LAMBDA_STREAMING_SHARED=1: how many, for which handlers, and how they start and end."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.integration.lambda_streaming.conftest import Start
from tests.integration.lambda_streaming.shared.conftest import serve, shared
from tests.support import measured
from tests.support.http_events import url_event
from tests.support.log_sockets import LogSockets

CPUS = len(os.sched_getaffinity(0))

TOGETHER = """
import asyncio, os, time
{more}
{decorator}
{kind} handler(event, context):
    open(f"{{os.getpid()}}.{{event['number']}}", "w").close()
    deadline = time.monotonic() + 30
    while len([name for name in os.listdir() if name[0].isdigit()]) < {places}:
        assert time.monotonic() < deadline, "the others have not come"
        {sleep}
    {result} str(os.getpid())
"""


def together(places: int, kind: str, sleep: str, decorator: str, more: str, result: str) -> str:
    """A function that returns its process's number once ``places`` invocations have met."""
    return TOGETHER.format(
        places=places, kind=kind, sleep=sleep, decorator=decorator, more=more, result=result
    )


ASYNC = ("async def", "await asyncio.sleep(0.001)")
STREAMIFY = "from lambda_streaming import streamify_response"


@pytest.mark.parametrize(
    ("decorator", "more", "result"),
    [
        ("", "", "return"),
        ("", "", "yield"),
        ("@streamify_response", STREAMIFY, "yield"),
        ("@events", "from lambda_streaming.sse import events", "yield"),
    ],
)
def test_one_process_for_each_cpu(start: Start, decorator: str, more: str, result: str) -> None:
    places = 4 * CPUS + 1
    source = together(places, *ASYNC, decorator, more, result)
    runtime = start(source, environment=shared(places, AWS_LAMBDA_LOG_LEVEL="DEBUG"))
    answers = serve(runtime, [{**url_event(), "number": number} for number in range(places)])
    assert len(runtime.pids()) == 1 + CPUS
    numbers = {str(pid).encode() for pid in runtime.pids()[1:]}
    assert {number for answer in answers for number in numbers if number in answer.body} == numbers
    announced = json.loads(runtime.log.splitlines()[0])["message"]
    assert announced["workerCount"] == CPUS
    assert announced["executionEnvironmentMaxConcurrency"] == places
    assert "synchronous" not in runtime.log


@pytest.mark.parametrize(
    ("kind", "sleep", "decorator", "more", "result"),
    [
        ("def", "time.sleep(0.001)", "", "", "return"),
        ("def", "time.sleep(0.001)", "@streamify_response", STREAMIFY, "yield"),
        (*ASYNC, "@kept", "def kept(f): return lambda event, context: f(event, context)", "return"),
    ],
)
def test_a_synchronous_handler_stays_in_processes(
    start: Start, kind: str, sleep: str, decorator: str, more: str, result: str
) -> None:
    places = CPUS + 3
    source = together(places, kind, sleep, decorator, more, result)
    runtime = start(source, environment=shared(places))
    answers = serve(runtime, [{"number": number} for number in range(places)])
    assert len({answer.body for answer in answers}) == places
    assert len(runtime.pids()) == 1 + places
    assert runtime.log.count("each of the invocations at a time has a process of its own") == 1


LIFESPAN = """
import asyncio, contextlib, os
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route
from lambda_streaming.asgi import asgi

@contextlib.asynccontextmanager
async def lifespan(app):
    print(f"starting {os.getpid()}\\n", end="")
    yield {"answer": 42}
    print(f"stopping {os.getpid()}\\n", end="")

async def stream(request):
    name = request.query_params["name"]
    async def body():
        try:
            yield f"begun {request.state.answer}\\n"
            while not (name == "ends" and os.path.exists("go")):
                await asyncio.sleep(0.01)
            yield "whole"
        finally:
            print(f"closed {name}\\n", end="")
    return StreamingResponse(body())

handler = asgi(Starlette(lifespan=lifespan, routes=[Route("/", stream)]))
"""


@pytest.mark.parametrize("times", [1, 2])
def test_sigterm_lets_streams_end_and_shuts_each_lifespan_down_once(start: Start, times: int) -> None:
    places = 2 * CPUS + 2
    runtime = start(LIFESPAN, environment=shared(places))
    runtime.api.wait_for_next(places)
    for name in (*["ends"] * CPUS, "goes on"):
        runtime.api.invoke(url_event(query=f"name={quote(name)}"))
    for _ in range(CPUS + 1):
        runtime.api.started().wait_for(40)
    for _ in range(times):
        runtime.process.send_signal(signal.SIGTERM)
    (runtime.log_path.parent / "go").touch()
    answers = [runtime.api.answer() for _ in range(CPUS + 1)]
    assert runtime.wait() == 0, runtime.log
    bodies = sorted(answer.streamed[1] for answer in answers)
    assert bodies == [b"begun 42\n", *[b"begun 42\nwhole"] * CPUS]
    told = [answer.trailers.get("lambda-runtime-function-error-type") for answer in answers]
    assert sorted(told, key=str) == [*[None] * CPUS, "Sandbox.Failure"]
    assert all(answer.complete for answer in answers)
    lines = runtime.log.splitlines()
    closed = sorted(line for line in lines if line.startswith("closed"))
    assert closed == [*["closed ends"] * CPUS, "closed goes on"]
    started = {line.split()[1] for line in lines if line.startswith("starting")}
    stopped = [line.split()[1] for line in lines if line.startswith("stopping")]
    assert len(started) == CPUS
    assert sorted(stopped) == sorted(started)


def test_sigterm_ends_an_idle_runtime(start: Start) -> None:
    runtime = start("async def handler(event, context): return 1", environment=shared(3))
    runtime.api.wait_for_next(3)
    runtime.process.send_signal(signal.SIGTERM)
    assert runtime.wait() == 0
    assert runtime.log == ""


def test_a_handler_of_the_function_s_own_for_sigterm_is_left_alone(start: Start) -> None:
    source = """
    import os, signal
    def end(*_):
        print("mine")
        os._exit(0)
    signal.signal(signal.SIGTERM, end)
    async def handler(event, context): return 1
    """
    runtime = start(source, environment=shared(1))
    runtime.api.wait_for_next(1)
    runtime.process.send_signal(signal.SIGTERM)
    assert runtime.wait() == 0
    assert runtime.log == "mine\n"


def test_another_process_takes_the_place_of_one_that_has_crashed(start: Start) -> None:
    source = """
    import os
    async def handler(event, context):
        if event.get("crash"):
            os._exit(7)
        return os.getpid()
    """
    runtime = start(source, environment=shared(CPUS))
    runtime.api.wait_for_next(CPUS)
    before = set(runtime.pids())
    runtime.api.invoke({"crash": True})
    runtime.api.wait_for_next(CPUS + 1)
    assert len(before - set(runtime.pids())) == 1
    assert {exchange.json for exchange in serve(runtime, [{}] * 20)} <= {*runtime.pids()}
    assert runtime.log.count("has crashed") == 1


def test_an_init_error(start: Start) -> None:
    runtime = start("1 / 0", environment=shared(5))
    answers = [runtime.answer() for _ in range(CPUS)]
    assert {answer.path for answer in answers} == {"/init/error"}
    assert answers[0].json["errorType"] == "ZeroDivisionError"
    assert runtime.wait() == 0


def test_a_refused_next_is_tried_again(start: Start) -> None:
    runtime = start("async def handler(event, context): return 1", environment=shared(1))
    for status in (503, 403, 500):
        runtime.api.invoke(next_answer=(status, "words of AWS"))
    assert runtime.invoke().json == 1
    assert runtime.log.count("tries again: /next replied") == 3
    for _ in range(5):
        runtime.api.invoke(next_answer=(503, "words of AWS"))
    assert runtime.wait() == 0


@pytest.mark.parametrize("status", [400, 403, 410, 413, 500])
def test_a_refused_response_costs_nothing(start: Start, status: int) -> None:
    source = """
    async def handler(event, context):
        if event.get("streams"):
            context.response_stream.write("a")
            return
        return 1
    """
    runtime = start(source, environment=shared(1))
    for event in ({}, {"streams": True}):
        runtime.invoke(event, answer=(status, "words of AWS"))
        assert runtime.invoke().json == 1
    assert runtime.log.count("words of AWS") == 2
    assert len(runtime.pids()) == 2


def test_each_process_has_its_own_sockets_to_the_log(start: Start, tmp_path: Path) -> None:
    provider = LogSockets(tmp_path / "provider")
    source = """
    import logging
    async def handler(event, context):
        logging.warning(event["number"])
    """
    where = {"_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET": str(tmp_path / "provider")}
    runtime = start(source, environment=shared(CPUS, **where, **{measured.SWITCH: ""}))
    runtime.api.wait_for_next(CPUS)
    serve(runtime, [{"number": number} for number in range(20)])
    runtime.process.send_signal(signal.SIGTERM)
    assert runtime.wait() == 0
    received = provider.close()
    assert len(received) == 2 * CPUS
    assert runtime.log == ""
    lines = [json.loads(line) for text in received for line in text.splitlines()]
    assert sorted(int(line["message"]) for line in lines) == [*range(20)]
