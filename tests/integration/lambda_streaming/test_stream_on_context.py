"""``context.response_stream``, and what is streamed without a decorator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.lambda_streaming.conftest import Start

# One undecorated handler for all that it may do: the event says what.
UNDECORATED = """
import copy, io, pickle
from lambda_streaming import HttpResponseStream

METADATA = {"statusCode": 201, "headers": {"X": "y"}}
kept = []

def reads(context):
    {name: getattr(context, name) for name in dir(context)}
    repr(context), vars(context), copy.deepcopy(context), pickle.dumps(context)
    context.response_stream.closed, context.response_stream.writable()
    return {"buffered": True}

def writes(context):
    context.response_stream.write("Hello, ")
    context.response_stream.write("world")

def from_metadata(context):
    HttpResponseStream.from_(context.response_stream, METADATA).write("Hello, world")

def metadata_alone(context):
    HttpResponseStream.from_(context.response_stream, METADATA)

def content_type(context):
    context.response_stream.set_content_type("text/plain")

def writes_nothing(context):
    context.response_stream.write(b"")

def flushes(context):
    context.response_stream.flush()

def ends(context):
    context.response_stream.end()

def a_copy(context):
    copy.copy(context).response_stream.write("Hello, ")
    copy.deepcopy(context).response_stream.write("world")

def returns(context):
    writes(context)
    return {"statusCode": 500, "body": "ignored"}

def returns_the_status(context):
    from_metadata(context)
    return {"statusCode": 201}

def fails_early(context):
    HttpResponseStream.from_(context.response_stream, METADATA)
    raise ValueError("early")

def fails_late(context):
    context.response_stream.write("Hello, ")
    raise ValueError("late")

def keeps(context):
    kept.append(context.response_stream)

def keeps_context(context):
    kept.append(context)

def uses_what_was_kept(context):
    said = []
    for stream in kept[0], kept[1].response_stream:
        try:
            stream.write("too late")
        except Exception as error:
            said.append(f"{type(error).__name__}: {error}")
    return said

def generator(context):
    yield METADATA
    yield "Hello, "
    yield b"world"

async def async_generator(context):
    yield METADATA
    yield "Hello, world"

def iterator(context):
    return iter(["Hello, ", "world"])

def a_file(context):
    return open(__file__, "rb")

def a_text_file(context):
    return open(__file__)

def buffer(context):
    return io.BytesIO(b"Hello, world")

async def coroutine_that_writes(context):
    writes(context)

async def coroutine_of_a_response(context):
    return {**METADATA, "body": "Hello, world"}

async def coroutine_of_a_str(context):
    return "Hello, world"

async def coroutine_of_json(context):
    return {"batchItemFailures": []}

async def coroutine_of_nothing(context):
    return None

async def coroutine_of_a_generator(context):
    return generator(context)

def consumed(context):
    body = generator(context)
    list(body)
    return body

def begun(context):
    body = generator(context)
    next(body)
    return body

def a_read_file(context):
    file = open(__file__, "rb")
    file.read()
    return file

def handler(event, context):
    return globals()[event](context)
"""


def test_a_handler_that_never_uses_it_is_answered_as_ever(start: Start, interpreter: str) -> None:
    runtime = start(UNDECORATED, interpreter=interpreter)
    answer = runtime.invoke("reads")
    assert answer.json == {"buffered": True}
    assert "lambda-runtime-function-response-mode" not in answer.headers
    assert runtime.invoke("coroutine_of_json").json == {"batchItemFailures": []}
    assert runtime.invoke("coroutine_of_nothing").json is None
    assert runtime.invoke("keeps").json is None
    assert runtime.log == ""


def test_what_is_said_makes_it_a_streamed_one(start: Start, interpreter: str) -> None:
    runtime = start(UNDECORATED, interpreter=interpreter)
    for form, body in {
        "writes": b"Hello, world",
        "a_copy": b"Hello, world",
        "coroutine_that_writes": b"Hello, world",
        "writes_nothing": b"",
        "flushes": b"",
        "ends": b"",
        "iterator": b"Hello, world",
        "buffer": b"Hello, world",
        "a_file": UNDECORATED.encode(),
        "a_text_file": UNDECORATED.encode(),
    }.items():
        answer = runtime.invoke(form)
        assert (form, answer.path.rpartition("/")[2], answer.body) == (form, "response", body)
        assert answer.headers["lambda-runtime-function-response-mode"] == "streaming"
        assert answer.headers["content-type"] == "application/octet-stream"
    for form, body in {
        "from_metadata": b"Hello, world",
        "metadata_alone": b"",
        "generator": b"Hello, world",
        "async_generator": b"Hello, world",
        "coroutine_of_a_generator": b"Hello, world",
        "coroutine_of_a_response": b"Hello, world",
        "returns_the_status": b"Hello, world",
    }.items():
        metadata, sent = runtime.invoke(form).streamed
        assert (form, metadata["statusCode"], metadata["headers"]["X"], sent) == (form, 201, "y", body)
    assert runtime.invoke("content_type").headers["content-type"] == "text/plain"
    assert runtime.invoke("coroutine_of_a_str").streamed[1] == b"Hello, world"
    assert runtime.api.connections == 1
    assert runtime.log == ""


def test_another_value_is_ignored_with_one_warning(start: Start) -> None:
    runtime = start(UNDECORATED)
    assert runtime.invoke("returns").body == b"Hello, world"
    runtime.invoke("writes")
    assert runtime.log.count("Streaming handlers ignore return values.") == 1


def test_an_error_before_the_first_byte_is_a_failure_and_later_one_is_in_the_trailers(start: Start) -> None:
    runtime = start(UNDECORATED)
    early = runtime.invoke("fails_early")
    assert (early.path.rpartition("/")[2], early.json["errorMessage"]) == ("error", "early")
    late = runtime.invoke("fails_late")
    assert late.body == b"Hello, "
    assert late.trailers["lambda-runtime-function-error-type"] == "ValueError"
    assert runtime.invoke("writes").body == b"Hello, world"


def test_a_stream_of_an_earlier_invocation_is_closed(start: Start) -> None:
    runtime = start(UNDECORATED)
    runtime.invoke("keeps")
    runtime.invoke("keeps_context")
    error = "InvalidStreamingOperation: Cannot write: the response has ended"
    assert runtime.invoke("uses_what_was_kept").json == [error, error]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("consumed", "handler() returned a generator that a decorator around it has consumed"),
        ("begun", "handler() returned a generator that a decorator around it has begun"),
        ("a_read_file", "handler() returned a file at its end"),
    ],
)
def test_what_somebody_has_consumed_is_an_error(start: Start, form: str, message: str) -> None:
    answer = start(UNDECORATED).invoke(form)
    assert answer.path.endswith("/error")
    assert answer.json["errorType"] == "InvalidStreamingOperation"
    assert answer.json["errorMessage"].startswith(message)
    assert "Write to context.response_stream" in answer.json["errorMessage"]


WRAPPED = """
import functools
from lambda_streaming import streamify_response

class Wrapper:
    def __init__(self, func):
        self.func = func

    def __call__(self, event, context, **kwargs):
        try:
            result = self.func(event, context, **kwargs)
            print("returned", result)
            return result
        finally:
            print("over")

def traced(handler):
    @functools.wraps(handler)
    def decorate(event, context, *args, **kwargs):
        context.function_name
        return handler(event, context, *args, **kwargs)
    return decorate
"""

FORMS: dict[str, str] = {
    "an object around a generator": """
        @Wrapper
        @streamify_response
        def handler(event, context):
            yield "Hello, "
            print("body")
            yield "world"
        """,
    "an object around AWS's form": """
        @Wrapper
        @streamify_response
        async def handler(event, response_stream, context):
            response_stream.write("Hello, world")
            print("body")
        """,
    "an object around wsgi": """
        from lambda_streaming.wsgi import wsgi

        def app(environ, start_response):
            start_response("200 OK", [])
            print("body")
            return [b"Hello, ", b"world"]

        handler = Wrapper(wsgi(app))
        """,
    "an object around asgi": """
        from lambda_streaming.asgi import asgi

        async def app(scope, receive, send):
            if scope["type"] == "lifespan":
                scope["state"]["name"] = "world"
                await receive()
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "http.response.start", "status": 200})
            print("body")
            await send({"type": "http.response.body", "body": b"Hello, " + scope["state"]["name"].encode()})

        handler = Wrapper(asgi(app))
        """,
}
EVENT: dict[str, Any] = {
    "version": "2.0",
    "rawPath": "/",
    "rawQueryString": "",
    "headers": {"host": "example.com"},
    "requestContext": {
        "domainName": "example.com",
        "http": {"method": "GET", "path": "/", "sourceIp": "::1"},
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_called_with_event_and_context_from_above(start: Start, form: str) -> None:
    runtime = start(WRAPPED + FORMS[form].replace("\n        ", "\n"))
    for _ in range(2):
        answer = runtime.invoke(EVENT)
        assert answer.body.rpartition(b"\0" * 8)[2] == b"Hello, world"
    runtime.wait_until_asleep()
    assert runtime.log == "body\nreturned {'statusCode': 200}\nover\n" * 2


MISTAKES: dict[str, tuple[str, str]] = {
    "a decorator below takes the stream for the context": (
        """
        @streamify_response
        @traced
        def handler(event, response_stream, context): ...
        """,
        "handler(), or a decorator around it, took the response stream for its context",
    ),
    "a decorator below passes two on": (
        """
        @streamify_response
        @Wrapper
        def handler(event, response_stream, context): ...
        """,
        "Wrapper() cannot be called with (event, context)",
    ),
    "a decorator below takes the generator for a result": (
        """
        import json

        def kept(handler):
            @functools.wraps(handler)
            def decorate(event, context):
                result = handler(event, context)
                json.dumps(result)
                return result
            return decorate

        @streamify_response
        @kept
        def handler(event, context):
            yield "x"
        """,
        "handler() yields its body, which a decorator takes for JSON",
    ),
    "a handler takes the context for the stream": (
        """
        @streamify_response
        def handler(a, b, c):
            c.write("x")
        """,
        "handler(), or a decorator around it, took the context for its response stream",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_first_call_names_the_form_to_use(start: Start, mistake: str) -> None:
    source, message = MISTAKES[mistake]
    answer = start(WRAPPED + source.replace("\n        ", "\n")).invoke()
    assert (answer.path.rpartition("/")[2], answer.json["errorType"]) == ("error", "TypeError")
    assert answer.json["errorMessage"].startswith(message)
    assert answer.json["errorMessage"].endswith("take (event, context), and write to context.response_stream")


def test_a_wrong_call_of_the_handler_s_own_is_its_own_error(start: Start) -> None:
    runtime = start("""
        from lambda_streaming import streamify_response

        def helper(context): ...

        @streamify_response
        def handler(event, context):
            if event.get("helper"):
                helper()
            context.no_such_field
        """)
    message = "helper() missing 1 required positional argument: 'context'"
    assert runtime.invoke({"helper": True}).json["errorMessage"] == message
    assert runtime.invoke().json["errorType"] == "AttributeError"


def test_a_forgotten_decorator(start: Start) -> None:
    runtime = start("""
        def handler(event, response_stream, context):
            response_stream.write("Hello, world")
        """)
    assert runtime.invoke().body == b"Hello, world"


def test_iterables_that_are_no_iterators_stay_refused(start: Start) -> None:
    runtime = start("def handler(event, context):\n    return eval(event)\n")
    for expression in (
        "range(3)",
        "{1}",
        "{}.keys()",
        "object()",
        "__import__('configparser').ConfigParser()",
    ):
        assert runtime.invoke(expression).json["errorType"] == "Runtime.MarshalError"
