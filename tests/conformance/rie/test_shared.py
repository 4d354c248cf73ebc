"""LAMBDA_STREAMING_SHARED=1 under the emulator's managed-instances mode: 32 streams live at once."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.conformance.rie.managed_instances import ManagedInstances, why_not
from tests.support.http_events import url_event

STREAMS = 32

# Each stream goes on only when all have begun.
MEETING = """
import asyncio, contextlib, os, time

async def meet(name):
    open(f"/tmp/{name}", "w").close()
    deadline = time.monotonic() + 14
    meeting = name.partition(".")[0]
    while len([n for n in os.listdir("/tmp") if n.startswith(meeting)]) < int(meeting.rpartition("-")[2]):
        if time.monotonic() > deadline:
            raise TimeoutError("the others did not come")
        await asyncio.sleep(0.02)
"""

PLAIN = (
    MEETING
    + """
async def handler(event, context):
    context.response_stream.write(f"{event['name']} {os.getpid()} ")
    await meet(event["name"])
    await context.response_stream.drain()
    context.response_stream.write("done")
"""
)

APPLICATION = (
    MEETING
    + """
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route
from lambda_streaming.asgi import asgi

@contextlib.asynccontextmanager
async def lifespan(app):
    yield {"pid": os.getpid()}

async def stream(request):
    async def body():
        name = request.query_params["name"]
        yield f"{name} {request.state.pid} "
        await meet(name)
        yield "done"
    return StreamingResponse(body())

handler = asgi(Starlette(lifespan=lifespan, routes=[Route("/", stream)]))
"""
)

# Of pure Python, so that any interpreter takes them.
PACKAGES = ("starlette", "anyio", "idna", "typing_extensions")


def install(task: Path) -> None:
    """Put Starlette into the function's folder."""
    for name in PACKAGES:
        for file in distribution(name).files or ():
            if file.suffix == ".py":
                (task / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), task / file)


@pytest.fixture(scope="module", params=[PLAIN, APPLICATION], ids=["plain", "starlette"])
def emulator(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ManagedInstances]:
    if reason := why_not():
        pytest.skip(reason)
    directory = tmp_path_factory.mktemp("lmi")
    variables = {"LAMBDA_STREAMING_SHARED": "1"}
    with ManagedInstances(directory, request.param, STREAMS, variables, install) as running:
        yield running


def event(name: str) -> bytes:
    return json.dumps({**url_event(query=f"name={name}"), "name": name}).encode()


def test_streams_live_at_once(emulator: ManagedInstances) -> None:
    for meeting in ("one", "two"):
        names = [f"{meeting}-{STREAMS}.{number}" for number in range(STREAMS)]
        with ThreadPoolExecutor(STREAMS) as pool:
            answers = list(pool.map(emulator.invoke_with_headers, map(event, names)))
        bodies = [body.rpartition(b"\0" * 8)[2].decode().split() for _, _, body in answers]
        assert [words[0] for words in bodies] == names
        assert [words[-1] for words in bodies] == ["done"] * STREAMS
        assert len({words[1] for words in bodies}) <= len(os.sched_getaffinity(0))
    assert "refused" not in emulator.log
