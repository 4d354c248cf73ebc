"""Form of the handler, tool, above or below ``@streamify_response``: the table of docs/tools.md, run."""

from __future__ import annotations

import json
import time

import pytest

from tests.conformance.tools.conftest import ROOT, Run, ToolProcess
from tests.conformance.tools.tools import AROUND, DECORATORS, Seen, Tool

PAGE = ROOT / "docs" / "tools.md"

FORMS = """
from lambda_streaming import streamify_response

def end(event):
    late()
    if event_fails():
        raise ValueError("late")
    return "two"

@tool
def on_context(event, context):
    context.response_stream.write(type(event).__name__)
    context.response_stream.write(end(event))
    return {"statusCode": 200}

@tool
@streamify_response
def above_generator(event, context):
    yield type(event).__name__
    yield end(event)

@tool
@streamify_response
def above_stream(event, response_stream, context):
    response_stream.write(type(event).__name__)
    response_stream.write(end(event))

@tool
@streamify_response
async def above_async(event, context):
    yield type(event).__name__
    yield end(event)

@streamify_response
@tool
def below_generator(event, context):
    yield type(event).__name__
    yield end(event)

@streamify_response
@tool
def below_stream(event, response_stream, context):
    response_stream.write(type(event).__name__)
    response_stream.write(end(event))

fails = False
def event_fails(): return fails

def handler(event, context):
    global fails
    fails = event["fail"]
    return globals()[event["form"]](event, context)
"""
# What the page's columns are run as, in their order.
COLUMNS = (
    ("on_context",),
    ("above_generator", "above_stream", "above_async"),
    ("below_generator",),
    ("below_stream",),
)
AROUND_FORMS = """
from lambda_streaming import streamify_response
from lambda_streaming.asgi import asgi

def end():
    late()
    if fails:
        raise ValueError("late")
    return "two"

def buffered(event, context):
    return end()

def on_context(event, context):
    context.response_stream.write("one")
    context.response_stream.write(end())
    return {"statusCode": 200}

@streamify_response
def generator(event, context):
    yield "one"
    yield end()

@streamify_response
async def stream(event, response_stream, context):
    response_stream.write("one")
    response_stream.write(end())

def unmarked(event, context):
    yield "one"
    yield end()

async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await send({"type": "http.response.body", "body": end().encode()})

application = asgi(app)

fails = False

def handler(event, context):
    global fails
    fails = event["fail"]
    return globals()[event["form"]](event, context)

if "at_the_end" in globals():
    at_the_end()
"""
AROUND_COLUMNS = (
    ("buffered",),
    ("on_context",),
    ("generator", "stream", "application"),
    ("unmarked",),
)
PATIENCE = 1.5  # seconds
REPORTED, STREAMS, REFUSED = "reported", "streams", "refused"


def rows(page: str, head: str) -> dict[str, list[str]]:
    """Return the cells of the page's table whose head begins so, by tool."""
    table = page.partition(f"| {head} |")[2].partition("\n\n")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {cells[0]: cells[1:] for cells in lines}


ROWS = rows(PAGE.read_text("utf-8"), "decorator")
AROUND_ROWS = rows(PAGE.read_text("utf-8"), "set-up")


@pytest.mark.parametrize("tool", DECORATORS, ids=lambda tool: tool.name)
def test_the_row(tool: Tool, run: Run) -> None:
    source = "\n".join(line.removeprefix(" " * 8) for line in tool.source.splitlines()) + FORMS
    process = run(source, tool.environment)
    # The last but one leaves metrics behind, which then are in the next log.
    order = (*COLUMNS[:2], COLUMNS[3], COLUMNS[2])
    outcomes = {forms: {outcome(tool, process, form) for form in forms} for forms in order}
    found = [" or ".join(sorted(outcomes[forms])) for forms in COLUMNS]
    assert found == ROWS.get(tool.name), process.log


@pytest.mark.parametrize("tool", AROUND, ids=lambda tool: tool.name)
def test_the_row_of_what_is_around_the_function(tool: Tool, run: Run) -> None:
    source = "\n".join(line.removeprefix(" " * 8) for line in tool.source.splitlines()) + AROUND_FORMS
    process = run(source, tool.environment, tool.environment.get("_HANDLER", "app.handler"))
    outcomes = [{outcome(tool, process, form) for form in forms} for forms in AROUND_COLUMNS]
    assert [" or ".join(sorted(found)) for found in outcomes] == AROUND_ROWS.get(tool.name), process.log


def outcome(tool: Tool, process: ToolProcess, form: str) -> str:
    """Return what comes of a form under a tool: reported, streams or refused."""
    kind, seen = process.see(form=form)
    if kind == "error":
        assert "context.response_stream" in json.loads(seen.body)["errorMessage"], seen.body
        return REFUSED
    assert (kind, seen.body.strip('"')[-3:]) == ("response", "two"), (form, seen.body)
    covered = eventually(tool, seen)
    kind, seen = process.see(failed=True, form=form)
    assert kind == ("error" if form == "buffered" else "ValueError"), (form, seen.body)
    return REPORTED if covered and eventually(tool, seen) else STREAMS


def eventually(tool: Tool, seen: Seen) -> bool:
    """Tell whether the tool has seen the whole body; some send by threads that are a little behind."""
    end = time.monotonic() + PATIENCE
    while not (covered := tool.covers(seen)) and time.monotonic() < end:
        time.sleep(0.02)
    return covered


def test_every_row_is_run() -> None:
    assert list(ROWS) == [tool.name for tool in DECORATORS]
    assert list(AROUND_ROWS) == [tool.name for tool in AROUND]
