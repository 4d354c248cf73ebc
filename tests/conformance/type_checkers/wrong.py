"""Code that static checkers must refuse: behind each wrong line what mypy and what pyright call it."""
# ruff: noqa

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from lambda_streaming import (
    FunctionUrlEvent,
    HttpResponseStream,
    LambdaContext,
    Metadata,
    ResponseStream,
    pipeline,
    streamify_response,
)
from lambda_streaming import Nonsense  # mypy: attr-defined; pyright: reportAttributeAccessIssue

Event = dict[str, Any]


@streamify_response  # mypy: type-var; pyright: reportArgumentType
def one_argument(event: Event) -> str:
    return ""


@streamify_response  # mypy: type-var; pyright: reportArgumentType
def four_arguments(event: Event, stream: ResponseStream, context: LambdaContext, more: int) -> None: ...


@streamify_response  # mypy: type-var; pyright: reportArgumentType
def yields_numbers(event: Event, context: LambdaContext) -> Iterator[int]:
    yield 5


@streamify_response  # mypy: type-var; pyright: reportArgumentType
async def yields_numbers_async(event: Event, context: LambdaContext) -> AsyncIterator[int]:
    yield 5


@streamify_response  # mypy: type-var; pyright: reportArgumentType
def yields_with_stream(event: Event, stream: ResponseStream, context: LambdaContext) -> Iterator[str]:
    yield ""


@streamify_response  # mypy: type-var; pyright: reportArgumentType
def returns_a_number(event: Event, context: LambdaContext) -> int:
    return 5


@streamify_response  # mypy: type-var; pyright: reportArgumentType
def metadata_in_a_list(event: Event, context: LambdaContext) -> list[Metadata | str]:
    return [{"statusCode": 200}, "body"]


@streamify_response  # mypy: type-var; pyright: reportArgumentType
def returns_beside_the_stream(event: Event, stream: ResponseStream, context: LambdaContext) -> str:
    return ""


async def fetch() -> str:
    return ""


async def forgets_await(event: Event, context: LambdaContext) -> str:
    return fetch()  # mypy: return-value; pyright: reportReturnType


streamify_response(5)  # mypy: type-var; pyright: reportArgumentType


@streamify_response
def generator(event: FunctionUrlEvent, context: LambdaContext) -> Iterator[Metadata | str]:
    yield {"statusCode": "200"}  # mypy: misc; pyright: reportReturnType
    yield 5  # mypy: misc; pyright: reportReturnType


@streamify_response
async def writes(event: FunctionUrlEvent, stream: ResponseStream, context: LambdaContext) -> None:
    stream.write(5)  # mypy: arg-type; pyright: reportArgumentType
    stream.write(["a"])  # mypy: arg-type; pyright: reportArgumentType
    stream.end(5)  # mypy: arg-type; pyright: reportArgumentType
    stream.set_content_type(b"text/plain")  # mypy: arg-type; pyright: reportArgumentType
    stream.writes("a")  # mypy: attr-defined; pyright: reportAttributeAccessIssue
    event["rawpath"]  # mypy: typeddict-item; pyright: reportGeneralTypeIssues
    event["requestContext"]["http"]["method"] + 5  # mypy: operator; pyright: reportOperatorIssue
    context.request_id  # mypy: attr-defined; pyright: reportAttributeAccessIssue
    context.get_remaining_time_in_millis + 5  # mypy: operator; pyright: reportOperatorIssue


async def metadata(stream: ResponseStream) -> None:
    wrong_status: Metadata = {"statusCode": "200"}  # mypy: typeddict-item; pyright: reportAssignmentType
    wrong_value: Metadata = {"headers": {"A": 5}}  # mypy: dict-item; pyright: reportAssignmentType
    wrong_cookies: Metadata = {"cookies": "a=1"}  # mypy: typeddict-item; pyright: reportAssignmentType
    wrong_key: Metadata = {"status": 200}  # mypy: typeddict-unknown-key; pyright: reportAssignmentType
    HttpResponseStream.from_(stream, 200)  # mypy: arg-type; pyright: reportArgumentType
    HttpResponseStream.from_(stream, {1: "a"})  # mypy: dict-item; pyright: reportArgumentType
    HttpResponseStream.from_(stream)  # mypy: call-arg; pyright: reportCallIssue


async def pipes(stream: ResponseStream) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"bytes"

    pipeline(body(), stream)  # mypy: unused-coroutine; pyright: reportUnusedCoroutine
    await pipeline(5, stream)  # mypy: call-overload; pyright: reportCallIssue
    await pipeline([5], stream)  # mypy: list-item; pyright: reportCallIssue


def calls(event: FunctionUrlEvent, context: LambdaContext, stream: ResponseStream) -> None:
    generator(event, stream, context)  # mypy: call-arg; pyright: reportCallIssue
    generator(event)  # mypy: call-arg; pyright: reportCallIssue
