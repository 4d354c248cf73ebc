"""Every form of handler through the real wrapper, under every Python of this machine."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.lambda_streaming.conftest import Start

STREAMING_HEAD = {
    "lambda-runtime-function-response-mode": "streaming",
    "transfer-encoding": "chunked",
    "trailer": "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
}

TUTORIAL = """
import asyncio
from lambda_streaming import HttpResponseStream, streamify_response

@streamify_response
async def handler(event, response_stream, context):
    metadata = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}
    response_stream = HttpResponseStream.from_(response_stream, metadata)
    for i in range(101):
        await asyncio.sleep(0.0002)
        response_stream.write(f"Hello {i} \\n")
    response_stream.end()
    await response_stream.finished()
"""


def test_the_tutorial(start: Start, interpreter: str) -> None:
    runtime = start(TUTORIAL, interpreter=interpreter)
    for _ in range(3):
        invocation = runtime.api.invoke()
        answer = runtime.answer()
        assert answer.complete
        assert (answer.method, answer.path) == ("POST", f"/invocation/{invocation.request_id}/response")
        assert STREAMING_HEAD.items() <= answer.headers.items()
        assert answer.trailers == {}
        metadata, body = answer.streamed
        assert metadata == {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}
        assert body == b"".join(b"Hello %d \n" % i for i in range(101))
    assert runtime.api.connections == 1
    assert runtime.log == ""


def test_a_line_is_sent_when_it_is_written(start: Start) -> None:
    runtime = start("""
        import os
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, response_stream, context):
            response_stream.write("first")
            while not os.path.exists(event["path"]):
                pass
            response_stream.write("second")
        """)
    path = runtime.log_path.with_name("go-on")
    invocation = runtime.api.invoke({"path": str(path)})
    exchange = runtime.api.started()
    assert exchange.path == f"/invocation/{invocation.request_id}/response"
    assert exchange.wait_for(5) == b"first"
    path.touch()
    assert runtime.answer().body == b"firstsecond"


# One process for all that a handler of one shape may do: the event says what.
DISPATCH_TWO = """
import io, time
from lambda_streaming import streamify_response

def generator():
    yield "Hello, "
    yield b"world"

def with_metadata():
    yield {"statusCode": 201, "cookies": ["a=b"]}
    yield "body"

async def async_generator():
    yield "Hello, "
    yield b"world"

async def async_with_metadata():
    yield {"statusCode": 201, "cookies": ["a=b"]}
    yield "body"

def empty_pieces():
    for piece in (b"", "", b"a", b"", "", b"b", b""):
        yield piece

def flood():
    for number in range(20_000):
        yield b""
        yield b"%d," % number

def nothing():
    yield {"statusCode": 204}

async def awaited():
    return {"statusCode": 202, "body": "from a coroutine"}

FORMS = {
    "generator": generator,
    "with metadata": with_metadata,
    "async generator": async_generator,
    "async with metadata": async_with_metadata,
    "empty pieces": empty_pieces,
    "flood": flood,
    "nothing": nothing,
    "file": lambda: open(__file__, "rb"),
    "buffer": lambda: io.BytesIO(b"x" * 200_000),
    "list": lambda: ["a", b"b"],
    "document": lambda: {"statusCode": 404, "headers": {"X": "y"}, "body": "aGk=", "isBase64Encoded": True},
    "json": lambda: {"message": "ž"},
    "str": lambda: "text",
    "awaited": awaited,
    "none": lambda: None,
}

@streamify_response
def handler(event, context):
    return FORMS[event["form"]]()
"""


def test_what_a_handler_of_two_arguments_may_return(start: Start, interpreter: str) -> None:
    runtime = start(DISPATCH_TWO, interpreter=interpreter)

    def body(form: str) -> bytes:
        answer = runtime.invoke({"form": form})
        assert answer.complete
        assert answer.path.endswith("/response")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert STREAMING_HEAD.items() <= answer.headers.items()
        return answer.body

    def streamed(form: str) -> tuple[Any, bytes]:
        answer = runtime.invoke({"form": form})
        assert answer.complete
        return answer.streamed

    assert body("generator") == body("async generator") == b"Hello, world"
    assert body("empty pieces") == body("list") == b"ab"
    assert body("flood") == b"".join(b"%d," % number for number in range(20_000))
    assert body("buffer") == b"x" * 200_000
    assert body("file") == runtime.log_path.with_name("app.py").read_bytes()
    assert streamed("with metadata") == ({"statusCode": 201, "cookies": ["a=b"]}, b"body")
    assert streamed("async with metadata") == ({"statusCode": 201, "cookies": ["a=b"]}, b"body")
    assert streamed("nothing") == ({"statusCode": 204}, b"")
    metadata, content = streamed("document")
    assert (metadata["statusCode"], metadata["headers"]["X"], content) == (404, "y", b"hi")
    metadata, content = streamed("json")
    assert (metadata["headers"], json.loads(content)) == (
        {"Content-Type": "application/json"},
        {"message": "ž"},
    )
    assert streamed("str")[1] == b"text"
    assert streamed("awaited")[0]["statusCode"] == 202
    error = runtime.invoke({"form": "none"})
    assert error.path.endswith("/error")
    assert error.json["errorType"] == "TypeError"
    assert body("list") == b"ab"
    assert runtime.api.connections == 1


DECORATED = {
    "plain": """
        @streamify_response
        def handler(event, response_stream, context):
            response_stream.write("Hello, ")
            response_stream.end("world")
        """,
    "async": """
        @streamify_response
        async def handler(event, response_stream, context):
            response_stream.write("Hello, ")
            response_stream.write("world")
        """,
    "generator": """
        @streamify_response
        def handler(event, context):
            yield "Hello, "
            yield "world"
        """,
    "async generator": """
        @streamify_response
        async def handler(event, context):
            yield "Hello, "
            yield "world"
        """,
    "object": """
        class Handler:
            def __call__(self, event, context):
                yield "Hello, world"

        handler = streamify_response(Handler())
        """,
    "method": """
        class Application:
            def handle(self, event, response_stream, context):
                response_stream.write("Hello, world")

        handler = streamify_response(Application().handle)
        """,
    "pipeline": """
        from lambda_streaming import pipeline

        async def source():
            yield "Hello, "
            yield "world"

        @streamify_response
        async def handler(event, response_stream, context):
            await pipeline(source(), response_stream)
        """,
}


def test_decorated_functions(start: Start, interpreter: str) -> None:
    runtimes = {
        form: start(
            f"\n        from lambda_streaming import streamify_response\n{source}", interpreter=interpreter
        )
        for form, source in DECORATED.items()
    }
    for runtime in runtimes.values():
        runtime.api.invoke()
        runtime.api.invoke()
    for form, runtime in runtimes.items():
        for _ in range(2):
            answer = runtime.answer()
            assert (form, answer.path.rpartition("/")[2], answer.body) == (form, "response", b"Hello, world")
        assert runtime.log == "", form


UNDECORATED = """
def handler(event, context):
    if event.get("bytes"):
        return b"\\x00raw"
    if event.get("fail"):
        return {1, 2}
    return {"echo": event, "id": context.aws_request_id, "ž": 1.5}
"""


def test_an_undecorated_handler_is_buffered(start: Start, interpreter: str) -> None:
    runtime = start(UNDECORATED, interpreter=interpreter)
    invocation = runtime.api.invoke({"a": ["ž", 1]})
    answer = runtime.answer()
    assert answer.json == {"echo": {"a": ["ž", 1]}, "id": invocation.request_id, "ž": 1.5}
    assert answer.headers["content-type"] == "application/json"
    assert "lambda-runtime-function-response-mode" not in answer.headers
    assert answer.headers["content-length"] == str(len(answer.body))
    answer = runtime.invoke({"bytes": True})
    assert (answer.headers["content-type"], answer.body) == ("application/unknown", b"\0raw")
    answer = runtime.invoke({"fail": True})
    assert answer.path.endswith("/error")
    assert answer.headers["lambda-runtime-function-error-type"] == "Runtime.MarshalError"
    assert (
        answer.json["errorMessage"]
        == "Unable to marshal response: Object of type set is not JSON serializable"
    )


def test_a_returned_value_is_warned_of(start: Start) -> None:
    runtime = start("""
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, response_stream, context):
            response_stream.write("x")
            return {"statusCode": 500}
        """)
    assert runtime.invoke().body == b"x"
    runtime.invoke()
    assert "Streaming handlers ignore return values." in runtime.log


def test_context_and_environment_are_those_of_each_invocation(start: Start) -> None:
    runtime = start(
        """
        import os
        from lambda_streaming import streamify_response

        @streamify_response
        def handler(event, context):
            names = "aws_request_id function_name memory_limit_in_mb invoked_function_arn tenant_id"
            fields = {name: getattr(context, name) for name in names.split()}
            left = context.get_remaining_time_in_millis()
            return {**fields, "trace": os.environ.get("_X_AMZN_TRACE_ID"), "in time": 0 < left <= 30_000}
        """,
        environment={"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"},
    )
    full = runtime.invoke(
        request_id="first",
        headers={
            "Lambda-Runtime-Trace-Id": "Root=1-a;Sampled=1",
            "Lambda-Runtime-Aws-Tenant-Id": "tenant",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:f",
            "Lambda-Runtime-Invocation-Id": "attempt-1",
        },
    )
    assert json.loads(full.streamed[1]) == {
        "aws_request_id": "first",
        "function_name": "function",
        "memory_limit_in_mb": "128",
        "invoked_function_arn": "arn:f",
        "tenant_id": "tenant",
        "trace": "Root=1-a;Sampled=1",
        "in time": True,
    }
    assert full.headers["lambda-runtime-invocation-id"] == "attempt-1"
    bare = runtime.invoke(request_id="second")
    assert json.loads(bare.streamed[1])["aws_request_id"] == "second"
    assert json.loads(bare.streamed[1])["trace"] is None
    assert json.loads(bare.streamed[1])["tenant_id"] is None
    assert "lambda-runtime-invocation-id" not in bare.headers


MANAGED = "import os, sys; print('managed', sys.argv); sys.exit(7)"


def test_the_switch_hands_control_back_to_the_managed_loop(start: Start) -> None:
    for value, status in (("1", 7), ("true", 7), ("0", None), ("", None)):
        environment = {"LAMBDA_STREAMING_DISABLED": value, "PYTHONPATH": ""}
        runtime = start(UNDECORATED, files={"bootstrap.py": MANAGED}, environment=environment)
        if status is None:
            assert runtime.invoke({"a": 1}).json["echo"] == {"a": 1}
        else:
            assert runtime.wait() == status
            assert runtime.log == "managed ['bootstrap.py']\n"
