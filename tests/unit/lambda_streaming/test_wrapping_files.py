"""Files on the response stream that nobody has closed: what they hold arrives, or there is an error."""

from __future__ import annotations

import bz2
import csv
import gc
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from lambda_streaming import HttpResponseStream, InvalidStreamingOperation
from lambda_streaming._response_stream import ResponseStream
from tests.support.recording_client import RecordingClient, make_stream

ROWS = [["row", str(number)] for number in range(3000)]
TEXT = "".join(f"row,{number}\r\n" for number in range(3000))


@pytest.fixture(scope="module", autouse=True)
def what_was_there_before() -> None:
    """Let Python look for garbage among what these tests make, not among all that others have left."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def client() -> RecordingClient:
    return RecordingClient()


@pytest.fixture
def stream(client: RecordingClient) -> ResponseStream:
    return make_stream(client)


def text_of(body: bytes) -> str:
    return body.decode()


def buffered(stream: ResponseStream) -> Any:
    return io.TextIOWrapper(io.BufferedWriter(stream, 100), newline="")


def compressed(stream: ResponseStream) -> Any:
    return io.TextIOWrapper(gzip.GzipFile(fileobj=stream, mode="wb"), newline="")


WAYS: dict[str, tuple[Callable[[ResponseStream], Any], Callable[[bytes], str]]] = {
    "text": (lambda stream: io.TextIOWrapper(stream, newline=""), text_of),
    "text on a buffer": (buffered, text_of),
    "gzip": (compressed, lambda body: gzip.decompress(body).decode()),
    "gzip with a name": (
        lambda s: io.TextIOWrapper(gzip.GzipFile("a.csv", "wb", fileobj=s), newline=""),
        lambda body: gzip.decompress(body).decode(),
    ),
    "bz2": (
        lambda s: io.TextIOWrapper(bz2.BZ2File(s, "wb"), newline=""),
        lambda b: bz2.decompress(b).decode(),
    ),
    "lzma": (
        lambda s: io.TextIOWrapper(lzma.LZMAFile(s, "wb"), newline=""),  # noqa: SIM115
        lambda b: lzma.decompress(b).decode(),
    ),
}


class Kept:
    """A writer in a cycle, as many classes make one: no reference count lets it go."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.formats = {"csv": self.write}

    def write(self, rows: list[list[str]]) -> None:
        csv.writer(self.file).writerows(rows)


# A BufferedWriter that is collected after the end has nothing left to write, and complains all the same.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("held", ["by a variable", "by a cycle", "by nobody, in a cycle"])
def test_what_a_file_still_holds_at_the_end_is_sent(
    stream: ResponseStream, client: RecordingClient, way: str, held: str
) -> None:
    make, read = WAYS[way]
    file: Any = make(stream)
    kept: Any = None
    if held == "by a variable":
        csv.writer(file).writerows(ROWS)
    else:
        kept = Kept(file)
        kept.formats["csv"](ROWS)
        if held == "by nobody, in a cycle":
            kept = file = None
    stream.end()
    assert read(client.body) == TEXT
    assert stream.closed
    kept = file = None
    gc.collect()  # here, and not in some other test


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_closed_ends_the_response(
    stream: ResponseStream, client: RecordingClient, way: str
) -> None:
    make, read = WAYS[way]
    with make(stream) as file:
        csv.writer(file).writerows(ROWS)
    stream.end()
    assert read(client.body) == TEXT


def test_closing_text_and_buffers_ends_it_at_once(stream: ResponseStream, client: RecordingClient) -> None:
    with io.TextIOWrapper(io.BufferedWriter(stream)) as text:
        text.write("all")
    assert stream.closed
    assert client.body == b"all"


def test_a_file_dropped_in_a_helper_leaves_the_response_open(
    stream: ResponseStream, client: RecordingClient
) -> None:
    def title() -> None:
        text = io.TextIOWrapper(stream)
        text.write("title ")

    def part() -> None:
        buffer = io.BufferedWriter(stream)
        buffer.write(b"part ")

    title()
    part()
    stream.write(b"body")
    assert not stream.closed
    stream.end()
    assert client.body == b"title part body"


def test_a_file_dropped_before_the_first_byte_sends_no_head(
    stream: ResponseStream, client: RecordingClient
) -> None:
    io.TextIOWrapper(stream)
    gc.collect()
    assert client.sends == []
    HttpResponseStream.from_(stream, {"statusCode": 201})
    stream.end()
    assert client.request.complete


def test_a_file_that_was_detached_is_left_alone(stream: ResponseStream, client: RecordingClient) -> None:
    text = io.TextIOWrapper(stream)
    text.write("all")
    text.detach()
    stream.end()
    assert client.body == b"all"


def test_what_cannot_be_written_any_more_is_an_error(stream: ResponseStream, client: RecordingClient) -> None:
    text = io.TextIOWrapper(stream)
    text.write("tail")
    client.fail_with = BrokenPipeError("gone")
    with pytest.raises(BrokenPipeError):
        stream.end()
    with pytest.raises(ValueError, match="closed file"):
        text.write("more")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_file_collected_in_the_middle_of_a_write_fails_the_response(
    stream: ResponseStream, client: RecordingClient
) -> None:
    def lose_text() -> None:
        io.TextIOWrapper(stream).write("lost")

    client.meanwhile = lose_text
    stream.write(b"one")
    client.meanwhile = None
    for _ in range(2):
        with pytest.raises(InvalidStreamingOperation, match="collected in the middle of a write"):
            stream.end()
    stream.fail({"Lambda-Runtime-Function-Error-Type": b"x"})
    assert client.body == b"one"
    assert stream.closed


# Since Python 3.14 what the file has buffered knows it by a weak reference, and says so when both go.
@pytest.mark.filterwarnings("ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning")
def test_a_gzip_tail_refused_in_the_middle_of_a_write_fails_the_response(
    stream: ResponseStream, client: RecordingClient
) -> None:
    file = gzip.GzipFile(fileobj=stream, mode="wb")
    file.write(b"x" * 1000)

    def close() -> None:
        with pytest.raises(RuntimeError, match="reentrant"):
            file.close()

    client.meanwhile = close
    stream.write(b"between")
    client.meanwhile = None
    with pytest.raises(InvalidStreamingOperation):
        stream.end()
    with pytest.raises(zlib.error):
        zlib.decompress(client.wire)
