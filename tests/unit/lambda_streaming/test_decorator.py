from __future__ import annotations

import asyncio
import base64
import functools
import inspect
import io
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.response import StreamingBody

from lambda_streaming import HttpResponseStream, LambdaContext, ResponseStream, streamify_response
from lambda_streaming._event_loop import environment
from lambda_streaming._invocation import Invocation
from tests.support.recording_client import RecordingClient, make_stream


def make_context(stream: ResponseStream) -> LambdaContext:
    invocation = Invocation({"lambda-runtime-aws-request-id": "r"}, b"")
    invocation.open_stream = lambda invocation: stream
    return LambdaContext(invocation, {}, lambda: 0.0)


METADATA = {"statusCode": 201, "headers": {"X": "y"}}


@pytest.fixture(autouse=True)
def _no_loop_left() -> Iterator[None]:
    yield
    environment.prepare().close()
    environment.__init__()  # type: ignore[misc]
    asyncio.set_event_loop(None)


class Called:
    """A handler called with the event {"name": "world"}, and what came of it."""

    def __init__(self, handler: Any, **event: Any) -> None:
        self.client = RecordingClient()
        stream = make_stream(self.client)
        self.returned = handler({"name": "world", **event}, make_context(stream))
        assert stream.used
        stream.end()
        self.request = self.client.request
        assert self.request.complete

    @property
    def prelude(self) -> Any:
        text, separator, _ = self.request.body.partition(b"\0" * 8)
        assert separator
        return json.loads(text)

    @property
    def body(self) -> bytes:
        if self.request.headers["content-type"] == "application/vnd.awslambda.http-integration-response":
            return self.request.body.partition(b"\0" * 8)[2]
        return self.request.body


# (event, response_stream, context)


@streamify_response
def plain(event: Any, response_stream: ResponseStream, context: LambdaContext) -> None:
    stream = HttpResponseStream.from_(response_stream, METADATA)
    stream.write(f"Hello, {event['name']}")
    stream.end("!" + context.aws_request_id)


@streamify_response
async def asynchronous(event: Any, response_stream: ResponseStream, context: LambdaContext) -> None:
    stream = HttpResponseStream.from_(response_stream, METADATA)
    await asyncio.sleep(0)
    stream.write(f"Hello, {event['name']}")
    stream.end("!" + context.aws_request_id)
    await stream.finished()


class Application:
    """Handlers that are methods."""

    greeting = "Hello"

    def stream(self, event: Any, response_stream: ResponseStream, context: LambdaContext) -> None:
        response_stream.write(f"{self.greeting}, {event['name']}!{context.aws_request_id}")

    def generate(self, event: Any, context: LambdaContext) -> Iterator[str]:
        yield self.greeting
        yield f", {event['name']}!{context.aws_request_id}"

    async def generate_async(self, event: Any, context: LambdaContext) -> AsyncIterator[str]:
        yield self.greeting
        yield f", {event['name']}!{context.aws_request_id}"

    def __call__(self, event: Any, context: LambdaContext) -> Iterator[str]:
        return self.generate(event, context)


class StreamingApplication:
    def __call__(self, event: Any, response_stream: ResponseStream, context: LambdaContext) -> None:
        Application().stream(event, response_stream, context)


def with_prefix(prefix: str, event: Any, stream: ResponseStream, context: LambdaContext) -> None:
    stream.write(f"{prefix}, {event['name']}!{context.aws_request_id}")


def logged(handler: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(handler)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return handler(*args, **kwargs)

    return wrapper


def unnamed(*args: Any) -> Any:
    return plain(*args)


def with_default(event: Any, stream: ResponseStream, context: Any, *, extra: str = "!") -> None:
    stream.write(f"Hello, {event['name']}{extra}r")


def injected(event: Any, context: LambdaContext, greeting: str = "Hello") -> Iterator[str]:
    yield f"{greeting}, {event['name']}!{context.aws_request_id}"


def positional_only(event: Any, stream: ResponseStream, context: LambdaContext, /) -> None:
    with_prefix("Hello", event, stream, context)


# (event, context)


def generator(event: Any, context: LambdaContext) -> Iterator[Any]:
    yield "Hello, "
    yield b""
    yield f"{event['name']}!{context.aws_request_id}".encode()


async def async_generator(event: Any, context: LambdaContext) -> AsyncIterator[Any]:
    yield "Hello, "
    await asyncio.sleep(0)
    yield f"{event['name']}!{context.aws_request_id}".encode()


def returns_list(event: Any, context: LambdaContext) -> Any:
    return ["Hello", ", ", event["name"], "!", context.aws_request_id]


async def returns_async_generator(event: Any, context: LambdaContext) -> Any:
    await asyncio.sleep(0)
    return async_generator(event, context)


def returns_generator(event: Any, context: LambdaContext) -> Any:
    return generator(event, context)


def returns_bytes(event: Any, context: LambdaContext) -> Any:
    return b"Hello, world!r"


def returns_buffer(event: Any, context: LambdaContext) -> Any:
    return io.BytesIO(b"Hello, world!r")


def returns_streaming_body(event: Any, context: LambdaContext) -> Any:
    return StreamingBody(io.BytesIO(b"Hello, world!r"), 14)


def returns_awaitable(event: Any, context: LambdaContext) -> Any:
    return returns_async_generator(event, context)


FORMS = {
    "plain": plain,
    "async": asynchronous,
    "wraps, decorated inside": logged(plain),
    "wraps, decorated outside": streamify_response(logged(with_default)),
    "wraps around async": streamify_response(logged(asynchronous)),
    "a wrapper that takes anything": streamify_response(unnamed),
    "partial": streamify_response(functools.partial(with_prefix, "Hello")),
    "keyword partial": streamify_response(functools.partial(with_default, extra="!")),
    "bound method": streamify_response(Application().stream),
    "bound generator method": streamify_response(Application().generate),
    "bound async generator method": streamify_response(Application().generate_async),
    "callable object": streamify_response(Application()),
    "callable object with stream": streamify_response(StreamingApplication()),
    "lambda": streamify_response(lambda event, stream, context: with_prefix("Hello", event, stream, context)),
    "positional only": streamify_response(positional_only),
    "generator with a default of its own": streamify_response(injected),
    "generator": streamify_response(generator),
    "wrapped generator": streamify_response(logged(generator)),
    "async generator": streamify_response(async_generator),
    "list": streamify_response(returns_list),
    "async function that returns": streamify_response(returns_async_generator),
    "function that returns a generator": streamify_response(returns_generator),
    "bytes": streamify_response(returns_bytes),
    "BytesIO": streamify_response(returns_buffer),
    "StreamingBody": streamify_response(returns_streaming_body),
    "function that returns an awaitable": streamify_response(returns_awaitable),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(
    form: str,
) -> None:
    called = Called(FORMS[form])
    assert called.body == b"Hello, world!r"


def test_plain_and_async_handlers_set_their_metadata() -> None:
    for handler in (plain, asynchronous):
        assert Called(handler).prelude == METADATA


@pytest.mark.parametrize("asynchronously", [False, True])
def test_a_generator_may_yield_its_metadata_first(asynchronously: bool) -> None:
    @streamify_response
    def handler(event: Any, context: Any) -> Iterator[Any]:
        yield METADATA
        yield "body"

    @streamify_response
    async def async_handler(event: Any, context: Any) -> AsyncIterator[Any]:
        yield METADATA
        yield "body"

    called = Called(async_handler if asynchronously else handler)
    assert (called.prelude, called.body) == (METADATA, b"body")
    # The prelude alone comes first: eight NULs end its chunk.
    assert called.request.chunks[0].endswith(b"\0" * 8)


def test_a_generator_of_metadata_alone() -> None:
    @streamify_response
    def handler(event: Any, context: Any) -> Iterator[Any]:
        yield {"statusCode": 204}

    called = Called(handler)
    assert (called.prelude, called.body) == ({"statusCode": 204}, b"")


def test_a_generator_of_nothing() -> None:
    @streamify_response
    def handler(event: Any, context: Any) -> Iterator[Any]:
        yield from ()

    assert Called(handler).request.chunks == []


def test_metadata_after_the_first_byte_is_refused() -> None:
    closed = []

    @streamify_response
    def handler(event: Any, context: Any) -> Iterator[Any]:
        try:
            yield "body"
            yield METADATA
        finally:
            closed.append(True)

    with pytest.raises(Exception, match="Cannot set metadata: the response has started"):
        Called(handler)
    assert closed == [True]


@pytest.mark.parametrize("item", [None, 5, object()])
def test_a_generator_of_the_wrong_items(item: Any) -> None:
    @streamify_response
    def handler(event: Any, context: Any) -> Iterator[Any]:
        yield item

    with pytest.raises(TypeError, match="a response stream takes bytes or str, got"):
        Called(handler)


def test_an_open_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"line\nline\n" * 1000)

    @streamify_response
    def handler(event: Any, context: Any) -> Any:
        return path.open("rb")

    called = Called(handler)
    assert called.body == path.read_bytes()
    assert called.client.files_sent == 1


# Function URL responses


def returning(value: Any) -> Any:
    @streamify_response
    def handler(event: Any, context: Any) -> Any:
        return value

    return handler


def test_a_function_url_response() -> None:
    document = {
        "statusCode": 404,
        "headers": {"Content-Type": "text/plain", "X": "y"},
        "cookies": ["a=b"],
        "body": "not here",
        "isBase64Encoded": False,
    }
    called = Called(returning(document))
    assert called.prelude == {name: document[name] for name in ("statusCode", "headers", "cookies")}
    assert called.body == b"not here"


def test_a_base64_body() -> None:
    body = bytes(range(256))
    document = {"statusCode": 200, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    assert Called(returning(document)).body == body
    document["body"] = base64.b64encode(body)
    assert Called(returning(document)).body == body


def test_a_body_that_is_not_base64() -> None:
    with pytest.raises(ValueError, match="isBase64Encoded is true, but the body is not base64"):
        Called(returning({"statusCode": 200, "body": "abcde", "isBase64Encoded": True}))


@pytest.mark.parametrize(
    "document", [{"statusCode": 204}, {"statusCode": 204, "body": None, "headers": None}]
)
def test_no_body(document: Any) -> None:
    called = Called(returning(document))
    assert called.prelude["statusCode"] == 204
    assert called.body == b""


@pytest.mark.parametrize("headers", [None, {}, {"X": "y"}])
def test_json_is_the_default_type(headers: Any) -> None:
    called = Called(returning({"statusCode": 200, "headers": headers, "body": "{}"}))
    assert called.prelude["headers"] == {"Content-Type": "application/json", **(headers or {})}


def test_a_type_in_any_case_is_kept() -> None:
    called = Called(returning({"statusCode": 200, "headers": {"cOnTent-TYPE": "a/b"}, "body": ""}))
    assert called.prelude["headers"] == {"cOnTent-TYPE": "a/b"}


def test_the_returned_dict_is_left_as_it_was() -> None:
    headers = {"X": "y"}
    document = {"statusCode": 200, "headers": headers, "body": "x"}
    Called(returning(document))
    assert document == {"statusCode": 200, "headers": {"X": "y"}, "body": "x"}


@pytest.mark.parametrize("value", [{}, {"message": "ž"}, {"body": "x"}])
def test_a_dict_without_a_status_is_a_json_document(value: Any) -> None:
    called = Called(returning(value))
    assert called.prelude == {"statusCode": 200, "headers": {"Content-Type": "application/json"}}
    assert json.loads(called.body) == value


def test_a_str_is_the_body() -> None:
    called = Called(returning("žluť"))
    assert called.prelude == {"statusCode": 200, "headers": {"Content-Type": "application/json"}}
    assert called.body == "žluť".encode()


def test_an_async_handler_may_return_a_response() -> None:
    @streamify_response
    async def handler(event: Any, context: Any) -> Any:
        await asyncio.sleep(0)
        return {"statusCode": 202, "body": {"a": 1}}

    called = Called(handler)
    assert (called.prelude["statusCode"], json.loads(called.body)) == (202, {"a": 1})


@pytest.mark.parametrize("value", [None, 5, 1.5, object()])
def test_what_cannot_be_streamed(value: Any) -> None:
    with pytest.raises(
        TypeError, match=f"cannot stream {type(value).__name__}: expected a file, or an iterable"
    ):
        Called(returning(value))


def test_a_returned_value_beside_the_stream_is_warned_of(capfd: pytest.CaptureFixture[str]) -> None:
    @streamify_response
    def handler(event: Any, stream: ResponseStream, context: Any) -> Any:
        stream.write("x")
        return {"statusCode": 500}

    assert Called(handler).request.body == b"x"
    assert "Streaming handlers ignore return values." in capfd.readouterr().out


def test_a_handler_need_not_end_the_stream() -> None:
    @streamify_response
    async def handler(event: Any, stream: ResponseStream, context: Any) -> None:
        stream.write("x")

    assert Called(handler).request.body == b"x"
    assert Called(streamify_response(lambda event, stream, context: None)).request.chunks == []


def test_one_event_loop_serves_all_invocations() -> None:
    loops = []

    @streamify_response
    async def handler(event: Any, stream: ResponseStream, context: Any) -> None:
        loops.append(asyncio.get_running_loop())

    for _ in range(3):
        Called(handler)
    assert len(set(map(id, loops))) == 1


# The decorator


def test_without_a_runtime_it_is_the_function_that_was_decorated() -> None:
    def handler(event: Any, context: Any) -> Iterator[str]:
        yield event

    def writes(event: Any, stream: Any, context: Any) -> None:
        stream.write(event)

    assert list(streamify_response(handler)("x", None)) == ["x"]
    assert list(streamify_response(handler)(event="x", context=object())) == ["x"]
    text = io.StringIO()
    streamify_response(writes)("x", text, None)
    assert text.getvalue() == "x"


def test_the_decorated_function_has_the_name_and_the_attributes() -> None:
    def handler(event: dict[str, str], context: Any) -> Iterator[str]:
        """Says hello."""
        yield "hello"

    handler.note = "kept"  # type: ignore[attr-defined]
    decorated: Any = streamify_response(handler)
    assert (decorated.__name__, decorated.__doc__, decorated.note) == ("handler", "Says hello.", "kept")
    assert decorated.__qualname__ == handler.__qualname__
    assert decorated.__module__ == __name__
    assert inspect.unwrap(decorated) is handler
    assert inspect.signature(decorated) == inspect.signature(handler)
    assert decorated.__annotations__ == handler.__annotations__


def test_a_decorated_method_stays_callable() -> None:
    handler = streamify_response(Application().generate)
    context: Any = SimpleNamespace(aws_request_id="r")
    assert "".join(handler({"name": "you"}, context)) == "Hello, you!r"


# (event, context) with the stream on the context


def on_context(event: Any, context: Any) -> None:
    stream = HttpResponseStream.from_(context.response_stream, METADATA)
    stream.write(f"Hello, {event['name']}")


async def on_context_async(event: Any, context: Any) -> None:
    await asyncio.sleep(0)
    on_context(event, context)


@pytest.mark.parametrize("handler", [on_context, on_context_async])
def test_a_handler_may_write_to_the_stream_on_the_context(handler: Any) -> None:
    called = Called(streamify_response(handler))
    assert (called.prelude, called.body) == (METADATA, b"Hello, world")


def test_a_generator_may_also_write_to_the_stream_on_the_context() -> None:
    @streamify_response
    def handler(event: Any, context: LambdaContext) -> Iterator[str]:
        yield "one, "
        context.response_stream.write("two, ")
        yield "three"

    assert Called(handler).body == b"one, two, three"


def test_what_is_returned_beside_a_used_stream_is_warned_of(capfd: pytest.CaptureFixture[str]) -> None:
    @streamify_response
    def handler(event: Any, context: LambdaContext) -> Any:
        context.response_stream.write("x")
        return {"statusCode": 500}

    assert Called(handler).request.body == b"x"
    assert capfd.readouterr().out.count("Streaming handlers ignore return values.") == 1


def tracer(handler: Any) -> Any:
    """As decorators of the Python world are: (event, context) goes on, and with the call it is over."""

    @functools.wraps(handler)
    def decorate(event: Any, context: Any, **kwargs: Any) -> Any:
        context.aws_request_id  # noqa: B018 - they look at it
        try:
            return handler(event, context, **kwargs)
        finally:
            seen.append("over")

    return decorate


seen: list[str] = []


class Wrapper:
    """As Datadog's: an object without the attributes of what it wraps."""

    def __init__(self, func: Any) -> None:
        self.func = func

    def __call__(self, event: Any, context: Any, **kwargs: Any) -> Any:
        try:
            return self.func(event, context, **kwargs)
        finally:
            seen.append("over")


def generates(event: Any, context: Any) -> Iterator[Any]:
    yield METADATA
    yield f"Hello, {event['name']}"
    seen.append("body")


async def generates_async(event: Any, context: Any) -> AsyncIterator[Any]:
    yield METADATA
    await asyncio.sleep(0)
    yield f"Hello, {event['name']}"
    seen.append("body")


def writes(event: Any, response_stream: Any, context: Any) -> None:
    on_context(event, context)
    seen.append("body")


async def writes_async(event: Any, response_stream: Any, context: Any) -> None:
    await asyncio.sleep(0)
    writes(event, response_stream, context)


def returns(event: Any, context: Any) -> Any:
    seen.append("body")
    return {**METADATA, "body": f"Hello, {event['name']}"}


@pytest.mark.parametrize("handler", [generates, generates_async, writes, writes_async, returns])
@pytest.mark.parametrize("wrapper", [tracer, Wrapper])
def test_a_decorator_above_covers_the_whole_body(wrapper: Any, handler: Any) -> None:
    seen.clear()
    called = Called(wrapper(streamify_response(handler)))
    assert called.body == b"Hello, world"
    assert called.prelude["statusCode"] == 201
    assert called.returned == {"statusCode": 201}  # for whom None would be a 502
    assert seen == ["body", "over"]


def test_under_a_running_event_loop_it_is_awaited() -> None:
    decorated = streamify_response(generates_async)

    async def above(event: Any, context: Any) -> None:
        assert await decorated(event, context) == {"statusCode": 201}  # type: ignore[misc]

    client = RecordingClient()
    stream = make_stream(client)
    asyncio.run(above({"name": "world"}, make_context(stream)))
    stream.end()
    assert client.body.endswith(b"Hello, world")


@pytest.mark.parametrize("wrapper", [tracer, Wrapper])
def test_a_decorator_below_may_take_event_and_context(wrapper: Any) -> None:
    assert Called(streamify_response(wrapper(generates))).body == b"Hello, world"
    assert Called(streamify_response(wrapper(on_context))).body == b"Hello, world"


def test_keywords_of_a_decorator_are_passed_on() -> None:
    def inject(handler: Any) -> Any:
        return lambda event, context: handler(event, context, database="db")

    @inject
    @streamify_response
    def handler(event: Any, context: Any, database: Any = None) -> Any:
        return [database]

    assert Called(handler).body == b"db"


def none() -> None: ...
def one(event: Any) -> None: ...
def four(event: Any, stream: Any, context: Any, more: Any) -> None: ...
def keyword_needed(event: Any, context: Any, *, database: Any) -> None: ...
def keywords_only(*, event: Any, context: Any) -> None: ...
def keyword_needed_of_three(event: Any, stream: Any, context: Any, *, database: Any) -> None: ...


@pytest.mark.parametrize(
    "handler",
    [
        none,
        one,
        four,
        keyword_needed,
        keywords_only,
        keyword_needed_of_three,
        lambda event: None,
    ],
    ids=lambda handler: handler.__name__,
)
def test_wrong_arguments_are_an_error_at_import(handler: Any) -> None:
    expected = r"\(event, response_stream, context\), or \(event, context\) to yield or return the body"
    with pytest.raises(TypeError, match=expected) as raised:
        streamify_response(handler)
    assert handler.__name__ in str(raised.value)


def test_the_number_of_arguments_is_told() -> None:
    with pytest.raises(TypeError, match=r"^one\(\) takes 1 positional argument"):
        streamify_response(one)  # type: ignore[type-var]
    with pytest.raises(TypeError, match=r"takes 4 positional arguments; expected"):
        streamify_response(functools.partial(four))


def test_a_method_that_lacks_its_object_is_an_error_at_import() -> None:
    with pytest.raises(TypeError, match=r"stream\(\) takes 4 positional arguments"):

        class Broken:
            @streamify_response  # type: ignore[type-var]
            def stream(self, event: Any, response_stream: Any, context: Any) -> None: ...


def yields_with_stream(event: Any, stream: Any, context: Any) -> Iterator[str]:
    yield "x"


async def yields_async_with_stream(event: Any, stream: Any, context: Any) -> AsyncIterator[str]:
    yield "x"


@pytest.mark.parametrize("handler", [yields_with_stream, yields_async_with_stream])
def test_a_generator_with_a_stream_is_an_error_at_import(handler: Any) -> None:
    with pytest.raises(
        TypeError, match=rf"{handler.__name__}\(\) yields its body, so it must take \(event, context\)"
    ):
        streamify_response(handler)


@pytest.mark.parametrize("handler", [None, 5, "handler", {"a": 1}])
def test_what_is_no_function_is_an_error_at_import(handler: Any) -> None:
    expected = f"streamify_response decorates a function, got {type(handler).__name__}"
    with pytest.raises(TypeError, match=expected):
        streamify_response(handler)


def test_a_forgotten_wrapper_is_told_when_the_module_is_imported(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def handler(event: Any, context: Any) -> str:
        return ""

    monkeypatch.delitem(sys.modules, "lambda_streaming._main", raising=False)
    streamify_response(handler)
    assert capfd.readouterr().out == ""  # not on Lambda
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
    streamify_response(handler)
    assert "environment variable AWS_LAMBDA_EXEC_WRAPPER=/opt/python" in capfd.readouterr().out
    monkeypatch.setenv("LAMBDA_STREAMING_DISABLED", "1")
    streamify_response(handler)
    assert capfd.readouterr().out == ""
