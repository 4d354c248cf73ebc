"""The function of `tools.soak.runtime`: what an event asks for, in each of the forms that a handler has."""

import asyncio
import base64
import gzip
import random
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from lambda_streaming import HttpResponseStream, pipeline


class Ended(BaseException):
    """An error that is no Exception."""


def pieces(data: bytes, seed: int) -> Iterator[bytes]:
    """Cut ``data`` into pieces, most of them small."""
    sizes, at = random.Random(seed), 0
    while at < len(data):
        size = sizes.choice((1, 50, 1000, 70_000))
        yield data[at : at + size]
        at += size


async def pieces_async(data: bytes, seed: int) -> AsyncIterator[bytes]:
    """Do the same, and let others have the event loop in between."""
    for piece in pieces(data, seed):
        await asyncio.sleep(0)
        yield piece


def handler(event: dict[str, Any], context: Any) -> Any:
    """Respond with the bytes that the event's seed and size stand for, in its form."""
    data = random.Random(event["seed"]).randbytes(event["size"])
    return FORMS[event["kind"]](data, event["seed"], context)


def written(data: bytes, seed: int, context: Any) -> None:
    """Write to the stream on the context."""
    for piece in pieces(data, seed):
        context.response_stream.write(piece)


def with_metadata(data: bytes, seed: int, context: Any) -> None:
    """Write after status and headers."""
    stream = HttpResponseStream.from_(context.response_stream, {"statusCode": 201, "headers": {"X": "y"}})
    for piece in pieces(data, seed):
        stream.write(piece)


async def coroutine(data: bytes, seed: int, context: Any) -> None:
    """Write from an `async def`."""
    async for piece in pieces_async(data, seed):
        context.response_stream.write(piece)


def file(data: bytes, _seed: int, context: Any) -> None:
    """Have the kernel send a file."""
    with tempfile.TemporaryFile() as source:
        source.write(data)
        source.seek(0)
        pipeline(source, context.response_stream)


def threads(data: bytes, seed: int, context: Any) -> None:
    """Write from one thread after another."""
    for piece in pieces(data, seed):
        thread = threading.Thread(target=context.response_stream.write, args=(piece,))
        thread.start()
        thread.join()


def compressed(data: bytes, seed: int, context: Any) -> None:
    """Have a file of the standard library write to the stream."""
    with gzip.GzipFile(fileobj=context.response_stream, mode="wb", compresslevel=1) as target:
        for piece in pieces(data, seed):
            target.write(piece)


def error(data: bytes, seed: int, context: Any) -> None:
    """Raise, after what there is to write."""
    written(data, seed, context)
    raise ValueError(seed)


async def async_error(data: bytes, seed: int, context: Any) -> None:
    """Raise in an `async def`."""
    await coroutine(data, seed, context)
    raise ValueError(seed)


def base_exception(data: bytes, seed: int, context: Any) -> None:
    """Raise what is no Exception."""
    written(data, seed, context)
    raise Ended(seed)


FORMS: dict[str, Any] = {
    "returned": lambda data, *_: base64.b64encode(data).decode(),
    "generator": lambda data, seed, _: pieces(data, seed),
    "async generator": lambda data, seed, _: pieces_async(data, seed),
    "written": written,
    "cut": written,
    "with metadata": with_metadata,
    "coroutine": coroutine,
    "file": file,
    "threads": threads,
    "compressed": compressed,
    "error": error,
    "async error": async_error,
    "base exception": base_exception,
}
