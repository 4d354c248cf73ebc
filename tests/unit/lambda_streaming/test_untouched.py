from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_streaming import InvalidStreamingOperation
from lambda_streaming._untouched import Source
from tests.support.recording_client import RecordingClient, make_stream


def handler() -> None: ...


def generator() -> Iterator[str]:
    yield "one"
    yield "two"


async def async_generator() -> AsyncIterator[str]:
    cell = 1  # a variable in a cell: code before the start
    yield "one"
    yield (lambda: str(cell))()


async def coroutine() -> None: ...


def begun() -> Iterator[str]:
    source = generator()
    next(source)
    return source


def consumed() -> Iterator[str]:
    source = generator()
    list(source)
    return source


def begun_async() -> AsyncIterator[str]:
    source = async_generator()
    with pytest.raises(StopIteration):
        anext(source).__await__().__next__()
    return source


def running() -> Iterator[bool]:
    """Looked at by its own code, while that runs."""
    with pytest.raises(InvalidStreamingOperation, match="has begun"):
        Source(made).check_untouched(handler)
    yield True


made = running()


def test_a_generator_that_is_running() -> None:
    assert list(made) == [True]


@pytest.mark.parametrize("make", [generator, async_generator])
def test_what_nobody_touched(make: Any) -> None:
    Source(make()).check_untouched(handler)


def test_a_coroutine_that_nobody_awaited() -> None:
    work = coroutine()
    Source(work).check_untouched(handler)
    work.close()
    with pytest.raises(InvalidStreamingOperation, match=r"returned a coroutine that a decorator .* consumed"):
        Source(work).check_untouched(handler)


def test_a_generator_that_somebody_has_begun() -> None:
    with pytest.raises(
        InvalidStreamingOperation,
        match=r"^handler\(\) returned a generator that a decorator around it has begun: nothing whole is "
        r"left to stream. Write to context.response_stream, or put @streamify_response below that decorator$",
    ):
        Source(begun()).check_untouched(handler)


def test_a_generator_that_somebody_has_consumed() -> None:
    with pytest.raises(InvalidStreamingOperation, match=r"returned a generator that a decorator .* consumed"):
        Source(consumed()).check_untouched(handler)


def test_an_async_generator_that_somebody_has_begun() -> None:
    source = begun_async()
    with pytest.raises(InvalidStreamingOperation, match=r"returned an async_generator that .* begun"):
        Source(source).check_untouched(handler)
    asyncio.run(source.aclose())  # type: ignore[attr-defined]
    with pytest.raises(InvalidStreamingOperation, match=r"returned an async_generator that .* consumed"):
        Source(source).check_untouched(handler)


def test_a_file_at_its_end(tmp_path: Path) -> None:
    stream = make_stream(RecordingClient())
    path = tmp_path / "file"
    path.write_bytes(b"content")
    with path.open("rb") as file:
        assert file.read()
        with pytest.raises(InvalidStreamingOperation, match=r"returned a file at its end: it has been read"):
            Source(file).check_streamed(handler, stream)


def test_an_empty_file_and_one_that_tells_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    stream = make_stream(RecordingClient())
    Source(io.BytesIO()).check_streamed(handler, stream)
    with pytest.raises(InvalidStreamingOperation):
        Source(_at_its_end()).check_streamed(handler, stream)


def test_a_file_that_does_not_know_its_place() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with open(reading, "rb") as pipe:
        assert pipe.read() == b""
        Source(pipe).check_streamed(handler, make_stream(RecordingClient()))


def _at_its_end() -> io.BytesIO:
    file = io.BytesIO(b"content")
    file.seek(0, io.SEEK_END)
    return file


def test_an_iterator_of_nothing_is_warned_of(capfd: pytest.CaptureFixture[str]) -> None:
    stream = make_stream(RecordingClient())
    Source(map(str, ())).check_streamed(handler, stream)
    assert "handler() returned a map that yields nothing: the body is empty" in capfd.readouterr().out
    Source(generator()).check_streamed(handler, stream)
    Source([]).check_streamed(handler, stream)
    assert capfd.readouterr().out == ""


def test_nothing_is_said_of_what_has_been_streamed() -> None:
    stream = make_stream(RecordingClient())
    stream.write("x")
    Source(_at_its_end()).check_streamed(handler, stream)
