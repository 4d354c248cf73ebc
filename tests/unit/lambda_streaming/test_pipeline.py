from __future__ import annotations

import asyncio
import gzip
import io
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody

from lambda_streaming import pipeline
from lambda_streaming._response_sender import READY, STREAMING
from lambda_streaming._response_stream import ResponseStream
from tests.support.recording_client import RecordingClient, make_stream

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def client() -> RecordingClient:
    return RecordingClient()


@pytest.fixture
def stream(client: RecordingClient) -> ResponseStream:
    return make_stream(client)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    return file


class Source:
    """An iterable that knows whether it has been closed, and may break on the way."""

    def __init__(self, *items: Any, error: Exception | None = None) -> None:
        self.items = iter(items)
        self.error = error
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        for item in self.items:
            return item
        if self.error is not None:
            raise self.error
        raise StopIteration

    def close(self) -> None:
        self.closed += 1


class AsyncSource(Source):
    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        await asyncio.sleep(0)
        try:
            return next(self)
        except StopIteration:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        self.close()


def run(awaitable: Any) -> Any:
    async def wait() -> Any:
        return await awaitable

    return asyncio.run(wait())


# Files


@pytest.mark.parametrize("buffering", [-1, 0])
def test_a_plain_file_is_sent_by_the_kernel(
    stream: ResponseStream, client: RecordingClient, path: Path, buffering: int
) -> None:
    file = path.open("rb", buffering=buffering)
    pipeline(file, stream)
    assert file.closed
    assert client.body == CONTENT
    assert client.request.chunks == [CONTENT]
    assert client.files_sent == 1


@pytest.mark.parametrize("buffering", [-1, 0])
def test_a_file_is_sent_from_where_it_stands(
    stream: ResponseStream, client: RecordingClient, path: Path, buffering: int
) -> None:
    file = path.open("rb", buffering=buffering)
    assert file.read(1000) == CONTENT[:1000]
    pipeline(file, stream)
    assert client.body == CONTENT[1000:]
    assert client.files_sent == 1


@pytest.mark.parametrize("position", [len(CONTENT), len(CONTENT) + 10])
def test_a_file_at_its_end_is_empty(
    stream: ResponseStream, client: RecordingClient, path: Path, position: int
) -> None:
    file = path.open("rb")
    file.seek(position)
    pipeline(file, stream)
    assert client.request.complete
    assert client.request.chunks == []


def test_an_empty_file(stream: ResponseStream, client: RecordingClient, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    pipeline(empty.open("rb"), stream)
    assert client.request.complete
    assert client.request.chunks == []


def test_a_file_that_has_just_been_written(stream: ResponseStream, client: RecordingClient) -> None:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - pipeline closes it
    file.write(CONTENT)
    file.seek(10)
    file.write(b"changed")
    file.seek(5)
    pipeline(file, stream)
    assert client.body == CONTENT[5:10] + b"changed" + CONTENT[17:]
    assert file.closed


@pytest.mark.parametrize("kind", [tempfile.NamedTemporaryFile, tempfile.SpooledTemporaryFile])
def test_other_temporary_files(stream: ResponseStream, client: RecordingClient, kind: Any) -> None:
    file = kind()
    file.write(CONTENT)
    file.seek(0)
    pipeline(file, stream)
    assert client.body == CONTENT
    assert file.closed


def test_a_text_file(stream: ResponseStream, client: RecordingClient, tmp_path: Path) -> None:
    text = "žluťoučký kůň\n" * 10_000
    path = tmp_path / "text"
    path.write_text(text, encoding="utf-8")
    file = path.open(encoding="utf-8")
    pipeline(file, stream)
    assert client.body == text.encode()
    assert file.closed


def test_a_gzip_file_is_sent_unpacked(
    stream: ResponseStream, client: RecordingClient, tmp_path: Path
) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(CONTENT))
    file = gzip.open(path)  # noqa: SIM115 - pipeline closes it
    pipeline(file, stream)
    assert file.closed
    assert client.body == CONTENT
    assert client.files_sent == 0


def test_bytes_in_memory(stream: ResponseStream, client: RecordingClient) -> None:
    source = io.BytesIO(CONTENT)
    source.seek(7)
    pipeline(source, stream)
    assert client.body == CONTENT[7:]
    assert source.closed


def test_a_streaming_body_of_botocore(stream: ResponseStream, client: RecordingClient) -> None:
    raw = io.BytesIO(CONTENT)
    pipeline(StreamingBody(raw, len(CONTENT)), stream)
    assert client.body == CONTENT
    assert raw.closed


def test_a_pipe_is_passed_on_as_it_comes(stream: ResponseStream, client: RecordingClient) -> None:
    reading, writing = os.pipe()
    seen: list[int] = []
    send = client.send

    def send_and_continue(data: bytes) -> None:
        send(data)
        seen.append(len(data))
        if len(seen) == 1:  # only once the first piece has gone out does the second come
            os.write(writing, b"second")
            os.close(writing)

    client.send = send_and_continue  # type: ignore[method-assign]
    os.write(writing, b"first")
    pipeline(os.fdopen(reading, "rb"), stream)
    assert client.request.chunks == [b"first", b"second"]
    assert client.files_sent == 0


def test_a_file_of_the_kernel_that_has_no_size(stream: ResponseStream, client: RecordingClient) -> None:
    path = Path("/proc/self/status")
    if not path.exists():
        pytest.skip("no /proc here")
    pipeline(path.open("rb"), stream)
    assert client.body.startswith(b"Name:")


def test_a_file_that_shrinks(stream: ResponseStream, client: RecordingClient, path: Path) -> None:
    file = path.open("rb")

    def shrink_and_send(data: bytes) -> None:
        client.sends.append(data)
        os.truncate(path, 100)

    client.send = shrink_and_send  # type: ignore[method-assign]
    with pytest.raises(EOFError):
        pipeline(file, stream)
    assert file.closed
    assert isinstance(stream.broken, EOFError)
    assert not client.request.complete


def test_a_file_that_is_closed(stream: ResponseStream, client: RecordingClient, path: Path) -> None:
    file = path.open("rb")
    file.close()
    with pytest.raises(ValueError, match="closed file"):
        pipeline(file, stream)
    assert (stream.state, client.sends) == (READY, [])


# Iterables


@pytest.mark.parametrize(
    "source",
    [
        ["a", b"b", bytearray(b"c"), "ž"],
        ("a", b"bc", "ž"),
        iter(["abc", "ž"]),
        (piece for piece in ("a", b"", "", b"bc", "ž")),
        "abcž",
        "abcž".encode(),
        bytearray("abcž".encode()),
        memoryview("abcž".encode()),
        {"abc": 1, "ž": 2},
    ],
    ids=lambda value: type(value).__name__,
)
def test_iterables(stream: ResponseStream, client: RecordingClient, source: Any) -> None:
    pipeline(source, stream)
    assert client.body == "abcž".encode()


@pytest.mark.parametrize("source", [[], "", b"", (), iter(())], ids=lambda value: type(value).__name__)
def test_nothing(stream: ResponseStream, client: RecordingClient, source: Any) -> None:
    pipeline(source, stream)
    assert client.request.complete
    assert client.request.chunks == []


def test_an_iterable_is_sent_as_it_comes(stream: ResponseStream, client: RecordingClient) -> None:
    def count() -> Iterator[bytes]:
        for number in range(10):
            assert len(client.sends) == number
            yield b"%d" % number

    pipeline(count(), stream)
    assert client.request.chunks == [b"%d" % number for number in range(10)]


def test_the_source_is_closed(stream: ResponseStream) -> None:
    source = Source(b"a")
    pipeline(source, stream)
    assert source.closed == 1


@pytest.mark.parametrize("items", [(), (b"a",)])
def test_an_error_of_the_source_is_passed_on(
    stream: ResponseStream, client: RecordingClient, items: tuple[bytes, ...]
) -> None:
    source = Source(*items, error=KeyError("mine"))
    with pytest.raises(KeyError, match="mine"):
        pipeline(source, stream)
    assert source.closed == 1
    assert stream.state == (STREAMING if items else READY)
    assert client.wire == b"" or not client.request.complete


def test_a_broken_platform_closes_the_source(stream: ResponseStream, client: RecordingClient) -> None:
    client.fail_with = BrokenPipeError()
    source = Source(b"a", b"b")
    with pytest.raises(BrokenPipeError):
        pipeline(source, stream)
    assert source.closed == 1
    assert list(source) == [b"b"]


@pytest.mark.parametrize("item", [None, 5, {"statusCode": 200}])
def test_items_of_the_wrong_type(stream: ResponseStream, item: Any) -> None:
    source = Source(item)
    with pytest.raises(TypeError, match="a response stream takes bytes or str, got"):
        pipeline(source, stream)
    assert source.closed == 1


@pytest.mark.parametrize("source", [None, 5, object()])
def test_what_is_no_source(stream: ResponseStream, source: Any) -> None:
    expected = f"cannot stream {type(source).__name__}: expected a file, or an iterable or async iterable of"
    with pytest.raises(TypeError, match=expected):
        pipeline(source, stream)
    assert stream.state == READY


# Awaiting


def test_awaiting_is_optional_for_what_is_piped_at_once(
    stream: ResponseStream, client: RecordingClient
) -> None:
    done = pipeline([b"a"], stream)
    assert client.request.complete
    for _ in range(2):
        assert run(done) is None


def test_an_async_iterable_is_piped_when_awaited(stream: ResponseStream, client: RecordingClient) -> None:
    source = AsyncSource("a", b"", b"b", "ž")
    waiting = pipeline(source, stream)
    assert client.sends == []
    run(waiting)
    assert client.body == "abž".encode()
    assert source.closed == 1


def test_an_async_generator_is_closed_after_an_error_of_the_platform(
    stream: ResponseStream, client: RecordingClient
) -> None:
    closed = []

    async def source() -> AsyncIterator[bytes]:
        try:
            yield b"a"
            yield b"b"
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    client.fail_with = ConnectionResetError()
    with pytest.raises(ConnectionResetError):
        run(pipeline(source(), stream))
    assert closed == [True]


def test_an_error_of_an_async_source_is_passed_on(stream: ResponseStream, client: RecordingClient) -> None:
    source = AsyncSource(b"a", error=KeyError("mine"))
    with pytest.raises(KeyError, match="mine"):
        run(pipeline(source, stream))
    assert source.closed == 1
    assert stream.state == STREAMING
