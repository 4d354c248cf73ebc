"""What holds on to awslambdaric's names in ``__main__``, as Sentry's integration does."""

from __future__ import annotations

import pytest

from tests.integration.lambda_streaming.conftest import Start

# A tool of the same shape: around the handler, and before each post.
TOOL = """
import sys
from lambda_streaming import streamify_response

def hold_on():
    bootstrap = sys.modules["__main__"].awslambdaricmain.bootstrap
    handle_event_request = bootstrap.handle_event_request

    def around(client, handler, *args, **kwargs):
        request_id, event = args[0], args[1]
        assert request_id and isinstance(event, bytes)

        def traced(event, context):
            try:
                return handler(event, context)
            except Exception as error:
                print("caught", error)
                raise
            finally:
                print("over")

        return handle_event_request(client, traced, *args, **kwargs)

    bootstrap.handle_event_request = around
    client = bootstrap.LambdaRuntimeClient
    for name in ("post_init_error", "post_invocation_result", "post_invocation_error"):
        setattr(client, name, flushing(getattr(client, name), name))

def flushing(post, name):
    def flush(*args, **kwargs):
        print("flushed before", name)
        return post(*args, **kwargs)
    return flush

@streamify_response
def generator(event, context):
    yield "Hello, "
    print("body")
    yield "world"
    if event.get("fail"):
        raise ValueError("late")

def unmarked(event, context):
    yield "Hello, "
    print("body")
    yield "world"
    if event.get("fail"):
        raise ValueError("late")

def on_context(event, context):
    context.response_stream.write("Hello, world")
    print("body")
    if event.get("fail"):
        raise ValueError("late")

def buffered(event, context):
    print("body")
    if event.get("fail"):
        raise ValueError("early")
    return "Hello, world"

def holds_on_late(event, context):
    hold_on()
    return "Hello, world"
"""
HELD = f"{TOOL}\nhold_on()\n"


@pytest.mark.parametrize("handler", ["generator", "unmarked", "on_context"])
def test_streams_are_covered_and_flushed_before_the_next_invocation(start: Start, handler: str) -> None:
    runtime = start(HELD, handler=f"app.{handler}")
    assert runtime.invoke().body == b"Hello, world"
    failed = runtime.invoke({"fail": True})
    assert failed.body == b"Hello, world"
    assert failed.trailers["lambda-runtime-function-error-type"] == "ValueError"
    runtime.api.wait_for_next(3)
    lines = [line for line in runtime.log.splitlines() if not line.startswith((" ", "[ERROR]", "Trace"))]
    flushed = "flushed before post_invocation_result"
    assert lines == ["body", "over", flushed, "body", "caught late", "over", flushed]


def test_buffered_responses_and_errors_are_flushed_before_they_are_posted(start: Start) -> None:
    runtime = start(HELD, handler="app.buffered")
    assert runtime.invoke().json == "Hello, world"
    assert runtime.log == "body\nover\nflushed before post_invocation_result\n"
    assert runtime.invoke({"fail": True}).json["errorType"] == "ValueError"
    assert runtime.log.endswith("flushed before post_invocation_error\n")


def test_a_tool_may_come_within_an_invocation(start: Start) -> None:
    runtime = start(TOOL, handler="app.holds_on_late")
    for _ in range(2):
        assert runtime.invoke().json == "Hello, world"
    assert runtime.log == "flushed before post_invocation_result\n" + (
        "over\n" + "flushed before post_invocation_result\n" * 2
    )


def test_an_error_at_import_is_shown(start: Start) -> None:
    runtime = start(f"{HELD}\nassert False, 'at import'\n")
    assert runtime.answer().path == "/init/error"
    runtime.wait()
    assert runtime.log.endswith("flushed before post_init_error\n")


def test_nothing_else_is_there(start: Start) -> None:
    runtime = start("""
        import sys
        main = sys.modules["__main__"]

        def handler(event, context):
            loaded = "lambda_streaming._awslambdaric" in sys.modules
            return [loaded, hasattr(main, "bootstrap"), hasattr(main, "awslambdaricmain")]
        """)
    assert runtime.invoke().json == [False, False, True]
