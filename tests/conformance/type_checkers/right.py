"""Code that static checkers must accept: each form of handler, and the stream as a file of the library."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import AsyncIterator, Generator, Iterator
from typing import IO, TYPE_CHECKING, Any, assert_type

from lambda_streaming import (
    FunctionUrlEvent,
    HttpResponseStream,
    LambdaContext,
    Metadata,
    ResponseStream,
    StreamingContext,
    pipeline,
    streamify_response,
)

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

Event = dict[str, Any]


@streamify_response
async def tutorial(event: Event, response_stream: ResponseStream, context: LambdaContext) -> None:
    metadata = {"statusCode": 200, "headers": {"Content-Type": "text/plain", "X-Some": "value"}}
    response_stream = HttpResponseStream.from_(response_stream, metadata)
    for i in range(101):
        await asyncio.sleep(0.02)
        response_stream.write(f"Hello {i} \n")
        await response_stream.drain()
    response_stream.end()
    await response_stream.finished()


@streamify_response
def plain(event: FunctionUrlEvent, response_stream: ResponseStream, context: LambdaContext) -> None:
    metadata: Metadata = {"statusCode": 201, "cookies": ["a=1"], "headers": {"Allow": "GET"}}
    with HttpResponseStream.from_(response_stream, metadata) as stream:
        written: int = stream.write(b"bytes") + stream.write(bytearray(2)) + stream.write(memoryview(b""))
        stream.write(str(written) + event["rawPath"] + event.get("body", ""))
        stream.write(event["requestContext"]["http"]["method"])
        stream.end("the end" if stream.writable() and not stream.closed else None)


@streamify_response
def untyped_events(event: Any, response_stream: ResponseStream, context: object) -> None:
    HttpResponseStream.from_(response_stream, {"statusCode": 200, "headers": {"A": "b"}}).end()
    HttpResponseStream.from_(response_stream, {"multiValueHeaders": {"A": ["b", "c"]}})
    response_stream.set_content_type("text/plain")
    response_stream.flush()


@streamify_response
def generator(event: FunctionUrlEvent, context: LambdaContext) -> Iterator[Metadata | str]:
    yield {"statusCode": 200, "headers": {"Content-Type": "text/event-stream"}}
    yield f"data: {context.aws_request_id}\n\n"


@streamify_response
def full_generator(event: Event, context: LambdaContext) -> Generator[bytes | bytearray, None, None]:
    yield b"bytes"


@streamify_response
async def async_generator(event: Event, context: LambdaContext) -> AsyncIterator[dict[str, object] | bytes]:
    yield {"statusCode": 200}
    yield b"bytes"


@streamify_response
def returns_a_list(event: Event, context: LambdaContext) -> list[str]:
    return ["a", "b"]


@streamify_response
def returns_an_async_iterable(event: Event, context: LambdaContext) -> AsyncIterator[Metadata | str]:
    async def body() -> AsyncIterator[Metadata | str]:
        yield {"statusCode": 200}
        yield "a"

    return body()


@streamify_response
def returns_a_file(event: Event, context: LambdaContext) -> IO[bytes]:
    return open("/dev/null", "rb")


@streamify_response
def returns_from_s3(event: Event, context: LambdaContext) -> StreamingBody:
    client: S3Client = event["client"]
    return client.get_object(Bucket="bucket", Key="key")["Body"]


@streamify_response
def returns_a_response(event: Event, context: LambdaContext) -> dict[str, object]:
    return {"statusCode": 200, "headers": {"A": "b"}, "body": "body", "isBase64Encoded": False}


@streamify_response
async def returns_text(event: Event, context: LambdaContext) -> str:
    return "text"


class Handler:
    def __call__(self, event: Event, response_stream: ResponseStream, context: LambdaContext) -> None:
        response_stream.end()


handler = streamify_response(Handler())


def buffered(event: Event, context: LambdaContext) -> dict[str, int]:
    return {"left": context.get_remaining_time_in_millis()}


@streamify_response
def files(event: Event, response_stream: ResponseStream, context: LambdaContext) -> None:
    with zipfile.ZipFile(response_stream, "w") as archive:
        archive.writestr("name", b"")
    with tarfile.open(fileobj=response_stream, mode="w|gz") as tar:
        tar.add("name")
    with gzip.GzipFile(fileobj=response_stream, mode="wb") as compressed:
        compressed.write(b"bytes")
    with open("/dev/null", "rb") as source:
        shutil.copyfileobj(source, response_stream)
    csv.writer(io.TextIOWrapper(response_stream)).writerow(["a", 1])
    json.dump(event, response_stream)
    client: S3Client = event["client"]
    client.download_fileobj("bucket", "key", response_stream)


@streamify_response
async def pipes(event: Event, response_stream: ResponseStream, context: LambdaContext) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"bytes"

    await pipeline(body(), response_stream)
    await pipeline(open("/dev/null", "rb"), response_stream)  # noqa: SIM115
    pipeline(["a", b"b"], response_stream)
    pipeline(io.BytesIO(b"bytes"), response_stream)


def calls(event: FunctionUrlEvent, context: LambdaContext, stream: ResponseStream) -> None:
    """A decorated function is what it was."""
    assert_type(plain(event, stream, context), None)
    assert_type(list(generator(event, context)), list[Metadata | str])
    assert_type(handler, Handler)
    assert_type(context.function_name, str | None)


def on_context(event: Event, context: LambdaContext) -> None:
    stream = HttpResponseStream.from_(context.response_stream, {"statusCode": 200})
    assert_type(stream, ResponseStream)
    stream.write("x")


class OtherContext:
    """As Powertools' LambdaContext."""

    @property
    def function_name(self) -> str:
        return ""


class BothContexts(OtherContext, StreamingContext): ...


def on_another_context(event: Event, context: BothContexts) -> dict[str, int]:
    takes_another(context)
    context.response_stream.write(context.function_name)
    return {"statusCode": 200}


def takes_another(context: OtherContext) -> None: ...


def takes_streaming(context: StreamingContext) -> None: ...


def of_ours(context: LambdaContext) -> None:
    takes_streaming(context)


@streamify_response
def nothing_but_the_context(event: Event, context: LambdaContext) -> None:
    context.response_stream.write("x")


@streamify_response
def the_stream_last(event: Event, context: LambdaContext, response_stream: ResponseStream) -> None:
    response_stream.write("x")
