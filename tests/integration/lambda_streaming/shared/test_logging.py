"""Every line of the log tells whose it is, and every invocation knows its own context."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.integration.lambda_streaming.conftest import Start
from tests.integration.lambda_streaming.shared.conftest import serve, shared
from tests.support.interpreters import interpreters

LINES = """
import asyncio, logging, os, threading
from concurrent.futures import ThreadPoolExecutor
from lambda_streaming import trace_id

logging.getLogger().setLevel("INFO")
pool = ThreadPoolExecutor(2)

def log(number, where):
    logging.info("%d in %s: %s", number, where, trace_id())

async def in_task(number):
    await asyncio.sleep(0.001)
    log(number, "a child task")

async def handler(event, context):
    number = event["number"]
    log(number, "the handler")
    await asyncio.sleep(number % 7 / 1000)
    async with asyncio.TaskGroup() as group:
        group.create_task(in_task(number))
    await asyncio.to_thread(log, number, "to_thread")
    await asyncio.get_running_loop().run_in_executor(None, log, number, "the default executor")
    await asyncio.wrap_future(pool.submit(log, number, "an executor"))

    class Subclass(threading.Thread):
        def run(self):
            log(number, "a thread")

    thread = Subclass()
    thread.start()
    timer = threading.Timer(0, lambda: log(number, "a timer"))
    timer.start()
    while thread.is_alive() or timer.is_alive():
        await asyncio.sleep(0.001)
    context.log(f"{context.aws_request_id} {context.invoked_function_arn}\\n")
    return [
        context.aws_request_id,
        context.invoked_function_arn,
        context.tenant_id,
        context.get_remaining_time_in_millis(),
        trace_id(),
        os.environ.get("_X_AMZN_TRACE_ID"),
    ]
"""
PLACES = (
    "the handler",
    "a child task",
    "to_thread",
    "the default executor",
    "an executor",
    "a thread",
    "a timer",
)


@pytest.mark.parametrize("version", interpreters())
def test_every_line_tells_whose_it_is(start: Start, version: str) -> None:
    runtime = start(LINES, environment=shared(40), interpreter=interpreters()[version])
    headers = {
        number: {
            "Lambda-Runtime-Trace-Id": f"Root=1-{number}",
            "Lambda-Runtime-Invoked-Function-Arn": f"arn:{number}",
            "Lambda-Runtime-Aws-Tenant-Id": f"tenant {number}",
            "Lambda-Runtime-Deadline-Ms": "4000000000000",
        }
        for number in range(80)
    }
    events = [{"number": number, "settings": {"headers": headers[number]}} for number in headers]
    ids = {}
    for number, exchange in enumerate(serve(runtime, events)):
        ids[number] = exchange.path.split("/")[2]
        told = exchange.json
        assert told.pop(3) > 1_000_000_000
        assert told == [ids[number], f"arn:{number}", f"tenant {number}", f"Root=1-{number}", None]
        assert f"{ids[number]} arn:{number}\n" in runtime.log
    records = [json.loads(line) for line in runtime.log.splitlines() if line.startswith("{")]
    seen: Counter[str] = Counter()
    for record in records:
        number, _, place = record["message"].partition(" in ")
        assert record["requestId"] == ids[int(number)], record
        assert record["tenantId"] == f"tenant {number}"
        place, _, trace = place.partition(": ")
        assert trace == f"Root=1-{number}"
        seen[place] += 1
    assert seen == dict.fromkeys(PLACES, 80)


def test_the_runtime_s_own_lines_too(start: Start) -> None:
    source = """
    from lambda_streaming import HttpResponseStream

    async def handler(event, context):
        HttpResponseStream.from_(context.response_stream, {event["number"]: 1})
        context.response_stream.write("a")
        raise ValueError(event["number"])
    """
    runtime = start(source, environment=shared(8))
    exchanges = serve(runtime, [{"number": f"number {number}"} for number in range(16)])
    ids = {f"number {number}": exchange.path.split("/")[2] for number, exchange in enumerate(exchanges)}
    records = [json.loads(line) for line in runtime.log.splitlines()]
    assert len(records) == 32
    for record in records:
        text = record.get("message", record.get("errorMessage"))
        assert record["requestId"] == next(ids[number] for number in ids if f"{number}'" in f"{text}'")


@pytest.mark.parametrize("environment", [{}, {"AWS_LAMBDA_MAX_CONCURRENCY": "2"}], ids=["one", "managed"])
def test_nothing_is_patched_or_imported_without_the_variable(
    start: Start, environment: dict[str, str]
) -> None:
    source = """
    import sys, threading
    from concurrent.futures import ThreadPoolExecutor

    async def handler(event, context):
        theirs = [threading.Thread.start, ThreadPoolExecutor.submit]
        return [name for name in sys.modules if "_shared" in name], [f.__module__ for f in theirs]
    """
    expected = [[], ["threading", "concurrent.futures.thread"]]
    assert start(source, environment=environment).invoke().json == expected
