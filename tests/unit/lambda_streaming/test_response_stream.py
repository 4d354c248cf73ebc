from __future__ import annotations

import array
import asyncio
import copy
import io
import json
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_streaming import HttpResponseStream, InvalidStreamingOperation, _response_sender, _response_stream
from lambda_streaming._response_sender import FINISHED, READY, STREAMING
from lambda_streaming._response_stream import ResponseStream
from lambda_streaming._write_batching import (
    BURST_GAP,
    DIRECT_WRITES,
    GATHERED_SIZE,
    LONGEST_WAIT,
    BatchFlusher,
)
from tests.support.recording_client import IdleFlusher, RecordingClient, make_stream


@pytest.fixture
def client() -> RecordingClient:
    return RecordingClient()


@pytest.fixture
def flusher() -> IdleFlusher:
    return IdleFlusher()


@pytest.fixture
def stream(client: RecordingClient, flusher: IdleFlusher) -> ResponseStream:
    return make_stream(client, flusher)


class Clock:
    """The time as the stream reads it; it stands still unless moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    read_from(monkeypatch, made)
    return made


def read_from(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    for module in (_response_sender, _response_stream):
        monkeypatch.setattr(module, "_monotonic", clock)


def burst(stream: ResponseStream) -> None:
    """Write until the next write is gathered: the first, with the head, and the direct ones."""
    for _ in range(1 + DIRECT_WRITES):
        stream.write(b"d")


# Order: READY -> STREAMING -> FINISHED


def test_the_head_goes_out_with_the_first_byte(stream: ResponseStream, client: RecordingClient) -> None:
    assert stream.state == READY
    assert client.sends == []
    assert stream.write(b"first") == 5
    assert stream.state == STREAMING
    assert len(client.sends) == 1
    request = client.request
    assert request.chunks == [b"first"]
    assert request.target == "/2018-06-01/runtime/invocation/request-id/response"
    assert request.headers["lambda-runtime-function-response-mode"] == "streaming"
    assert request.headers["content-type"] == "application/octet-stream"
    declared = {name.strip().lower() for name in request.headers["trailer"].split(",")}
    assert declared == {"lambda-runtime-function-error-type", "lambda-runtime-function-error-body"}


def test_a_whole_response(stream: ResponseStream, client: RecordingClient) -> None:
    for piece in (b"one", "dvě ž", b"three"):
        stream.write(piece)
    stream.end("the end")
    assert stream.state == FINISHED
    assert client.request.complete
    assert client.request.chunks == [b"one", "dvě ž".encode(), b"three", b"the end"]
    assert client.request.trailers == {}
    assert client.body == "onedvě žthreethe end".encode()


def test_a_response_without_a_byte(stream: ResponseStream, client: RecordingClient) -> None:
    stream.end()
    assert len(client.sends) == 1
    assert client.request.complete
    assert client.request.chunks == []


def test_metadata_is_a_chunk_ahead_of_the_body(stream: ResponseStream, client: RecordingClient) -> None:
    assert HttpResponseStream.from_(stream, {"statusCode": 201}) is stream
    assert client.sends == []
    stream.write(b"body")
    stream.end()
    prelude, body = client.request.chunks
    assert json.loads(prelude[:-8]) == {"statusCode": 201}
    assert prelude[-8:] == b"\0" * 8
    assert body == b"body"
    assert client.request.headers["content-type"] == "application/vnd.awslambda.http-integration-response"
    assert len(client.sends) == 2


def test_metadata_goes_out_without_a_body_too(stream: ResponseStream, client: RecordingClient) -> None:
    HttpResponseStream.from_(stream, {"statusCode": 204})
    stream.end()
    [prelude] = client.request.chunks
    assert json.loads(prelude[:-8]) == {"statusCode": 204}
    assert len(client.sends) == 1


def test_flush_sends_the_head_alone(stream: ResponseStream, client: RecordingClient) -> None:
    HttpResponseStream.from_(stream, {"statusCode": 200})
    stream.flush()
    assert stream.state == STREAMING
    assert client.request.chunks[0].endswith(b"\0" * 8)
    sent = len(client.sends)
    stream.flush()
    stream.flush()
    assert len(client.sends) == sent
    stream.end()
    stream.flush()
    assert client.request.complete


def test_ending_twice_is_harmless(stream: ResponseStream, client: RecordingClient) -> None:
    stream.write(b"x")
    stream.end()
    sent = list(client.sends)
    stream.end()
    stream.end(None)
    stream.close()
    assert client.sends == sent


@pytest.mark.parametrize("late", ["write", "end", "empty", "file"])
def test_late_writes(stream: ResponseStream, client: RecordingClient, late: str) -> None:
    stream.end(b"x")
    sent = list(client.sends)
    ways: dict[str, Callable[[], object]] = {
        "write": lambda: stream.write(b"late"),
        "end": lambda: stream.end(b"late"),
        "empty": lambda: stream.write(b""),
        "file": lambda: stream.send_file(0, 0, 1),
    }
    with pytest.raises(InvalidStreamingOperation, match="Cannot write: the response has ended"):
        ways[late]()
    assert client.sends == sent


def test_abandoned_nothing_is_sent_any_more(stream: ResponseStream, client: RecordingClient) -> None:
    assert stream.abandon()
    with pytest.raises(InvalidStreamingOperation):
        stream.write(b"late")
    stream.end()
    stream.close()
    stream.flush()
    assert client.sends == []
    assert not stream.abandon()


def test_what_has_started_cannot_be_abandoned(stream: ResponseStream) -> None:
    stream.write(b"x")
    assert not stream.abandon()
    assert stream.state == STREAMING


def test_a_stream_that_nobody_ended_is_not_ended_by_its_finalizer(client: RecordingClient) -> None:
    for write in (False, True):
        stream = make_stream(client)
        if write:
            stream.write(b"x")
        sent = list(client.sends)
        del stream
        assert client.sends == sent


# What may be written


@pytest.mark.parametrize(
    ("data", "sent"),
    [
        (b"bytes", b"bytes"),
        ("ž日\U0001f600", "ž日\U0001f600".encode()),
        (bytearray(b"array"), b"array"),
        (memoryview(b"view"), b"view"),
        (memoryview(b"a-b-c")[::2], b"abc"),
        (array.array("H", [0x4142, 0x4344]), array.array("H", [0x4142, 0x4344]).tobytes()),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("started", [False, True])
def test_bytes_like_and_str(
    stream: ResponseStream, client: RecordingClient, data: Any, sent: bytes, started: bool
) -> None:
    if started:
        stream.write(b"s")
    assert stream.write(data) == len(sent)
    stream.end()
    assert client.request.chunks[-1] == sent


@pytest.mark.parametrize("data", [None, 5, ["a"], {"a": 1}, object()])
def test_anything_else_is_a_type_error(stream: ResponseStream, client: RecordingClient, data: Any) -> None:
    expected = f"a response stream takes bytes or str, got {type(data).__name__}"
    with pytest.raises(TypeError, match=expected):
        stream.write(data)
    if data is not None:
        with pytest.raises(TypeError, match=expected):
            stream.end(data)
    assert (stream.state, client.sends) == (READY, [])


def test_a_buffer_may_be_used_again_after_the_write(
    stream: ResponseStream, client: RecordingClient, clock: Clock
) -> None:
    burst(stream)
    buffer = bytearray(b"one")
    stream.write(buffer)
    buffer[:] = b"two"
    stream.write(buffer)
    stream.end()
    assert client.body.endswith(b"donetwo")


@pytest.mark.parametrize(
    "empty", [b"", "", bytearray(), memoryview(b"")], ids=lambda value: type(value).__name__
)
def test_an_empty_write_sends_nothing(stream: ResponseStream, client: RecordingClient, empty: Any) -> None:
    assert stream.write(empty) == 0
    assert (stream.state, client.sends) == (READY, [])
    stream.write(b"a")
    sent = len(client.sends)
    assert stream.write(empty) == 0
    assert len(client.sends) == sent
    stream.end(empty)
    assert client.request.complete
    assert client.request.chunks == [b"a"]


@pytest.mark.parametrize("size", [1, 15, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, GATHERED_SIZE, 1 << 20])
@pytest.mark.parametrize("started", [False, True])
def test_one_send_per_chunk(
    stream: ResponseStream, client: RecordingClient, size: int, started: bool
) -> None:
    if started:
        stream.write(b"s")
    before = len(client.sends)
    stream.write(b"x" * size)
    assert len(client.sends) == before + 1
    stream.end()
    assert client.request.chunks[-1] == b"x" * size


# Gathering


def test_the_first_writes_of_a_burst_go_out_directly(
    stream: ResponseStream, client: RecordingClient, clock: Clock, flusher: IdleFlusher
) -> None:
    burst(stream)
    assert len(client.sends) == 1 + DIRECT_WRITES
    assert client.chunk_sends == [[b"d"]] * DIRECT_WRITES
    assert flusher.armed == 0


def test_later_writes_of_a_burst_are_gathered(
    stream: ResponseStream, client: RecordingClient, clock: Clock, flusher: IdleFlusher
) -> None:
    burst(stream)
    sent = len(client.sends)
    for piece in (b"a", b"", b"b", "", b"c"):
        stream.write(piece)
    assert len(client.sends) == sent
    assert flusher.armed == 1
    assert flusher.due is not None
    assert flusher.due(clock.now) > 0
    assert len(client.sends) == sent
    assert flusher.due(clock.now + LONGEST_WAIT) == 0
    assert client.chunk_sends[-1] == [b"abc"]
    assert len(client.sends) == sent + 1


def test_the_flusher_is_armed_again_after_it_has_flushed(
    stream: ResponseStream, client: RecordingClient, clock: Clock, flusher: IdleFlusher
) -> None:
    burst(stream)
    for number in (1, 2, 3):
        stream.write(b"a")
        stream.write(b"b")
        assert flusher.armed == number
        assert flusher.due is not None
        assert flusher.due(clock.now + LONGEST_WAIT) == 0
        assert client.chunk_sends[-1] == [b"ab"]
        assert flusher.due(clock.now + LONGEST_WAIT) == 0


def test_the_wait_counts_from_the_first_gathered_byte(
    stream: ResponseStream, client: RecordingClient, clock: Clock, flusher: IdleFlusher
) -> None:
    burst(stream)
    start = clock.now
    stream.write(b"a")
    clock.now += 0.9 * LONGEST_WAIT
    stream.write(b"b")
    assert flusher.due is not None
    assert 0 < flusher.due(clock.now) <= 0.11 * LONGEST_WAIT
    assert flusher.due(start + LONGEST_WAIT) == 0
    assert client.chunk_sends[-1] == [b"ab"]


def test_a_full_gathering_is_sent_at_once(
    stream: ResponseStream, client: RecordingClient, clock: Clock
) -> None:
    burst(stream)
    sent = len(client.sends)
    piece = b"x" * 1000
    for _ in range(GATHERED_SIZE // len(piece) + 1):
        assert len(client.sends) == sent
        stream.write(piece)
    assert len(client.sends) == sent + 1
    [chunk] = client.chunk_sends[-1]
    assert GATHERED_SIZE <= len(chunk) < GATHERED_SIZE + len(piece)


def test_a_large_write_overtakes_nothing(
    stream: ResponseStream, client: RecordingClient, clock: Clock
) -> None:
    burst(stream)
    stream.write(b"small")
    sent = len(client.sends)
    stream.write(b"L" * GATHERED_SIZE)
    assert len(client.sends) == sent + 1
    assert client.chunk_sends[-1] == [b"small", b"L" * GATHERED_SIZE]


def test_a_pause_ends_the_burst_and_sends_what_was_gathered(
    stream: ResponseStream, client: RecordingClient, clock: Clock
) -> None:
    burst(stream)
    stream.write(b"a")
    clock.now += 2 * BURST_GAP
    stream.write(b"b")
    assert client.chunk_sends[-1] == [b"ab"]
    stream.write(b"c")
    assert client.chunk_sends[-1] == [b"c"]


def test_writes_apart_are_never_gathered(
    stream: ResponseStream, client: RecordingClient, clock: Clock, flusher: IdleFlusher
) -> None:
    for number in range(100):
        clock.now += 2 * BURST_GAP
        stream.write(b"%d" % number)
        assert len(client.sends) == number + 1
    assert flusher.armed == 0


def test_flush_sends_what_was_gathered(stream: ResponseStream, client: RecordingClient, clock: Clock) -> None:
    burst(stream)
    stream.write(b"a")
    stream.flush()
    assert client.chunk_sends[-1] == [b"a"]
    sent = len(client.sends)
    stream.flush()
    assert len(client.sends) == sent


def test_end_sends_what_was_gathered(
    stream: ResponseStream, client: RecordingClient, clock: Clock, flusher: IdleFlusher
) -> None:
    burst(stream)
    stream.write(b"a")
    sent = len(client.sends)
    stream.end()
    assert len(client.sends) == sent + 1
    assert client.chunk_sends[-1] == [b"a"]
    assert flusher.due is not None
    assert flusher.due(clock.now + LONGEST_WAIT) == 0
    assert len(client.sends) == sent + 1


def test_an_error_goes_after_what_was_gathered(
    stream: ResponseStream, client: RecordingClient, clock: Clock
) -> None:
    burst(stream)
    stream.write(b"a")
    stream.fail({"Lambda-Runtime-Function-Error-Type": b"E"})
    assert client.request.complete
    assert client.request.chunks[-1] == b"a"
    assert client.request.trailers == {"lambda-runtime-function-error-type": "E"}
    assert stream.closed


def test_a_file_goes_after_what_was_gathered(
    stream: ResponseStream, client: RecordingClient, clock: Clock, tmp_path: Any
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    burst(stream)
    stream.write(b"a")
    with path.open("rb") as file:
        stream.send_file(file.fileno(), 2, 5)
    stream.write(b"b")
    stream.end()
    assert client.request.chunks[-3:] == [b"a", b"23456", b"b"]


PIECES = st.lists(
    st.tuples(
        st.one_of(
            st.binary(max_size=5),
            st.text(max_size=5),
            st.integers(GATHERED_SIZE // 3, GATHERED_SIZE + 5).map(lambda size: b"L" * size),
        ),
        st.sampled_from([0.0, 0.0, 0.0, 0.0001, 0.5]),
        st.sampled_from(["", "", "", "flush", "due"]),
    ),
    max_size=60,
)


@given(PIECES, st.booleans())
def test_whatever_is_written_arrives_in_order(
    pieces: list[tuple[bytes | str, float, str]], metadata: bool
) -> None:
    client, flusher, clock = RecordingClient(), IdleFlusher(), Clock()
    stream = make_stream(client, flusher)
    with pytest.MonkeyPatch.context() as patch:
        read_from(patch, clock)
        if metadata:
            HttpResponseStream.from_(stream, {"statusCode": 200})
        expected = b""
        for data, pause, then in [(b"s" * 20, 0.0, ""), *[(b"d", 0.0, "")] * 16, *pieces]:
            stream.write(data)
            expected += data.encode() if isinstance(data, str) else data
            clock.now += pause
            if then == "flush":
                stream.flush()
            elif then == "due" and flusher.due:
                flusher.due(clock.now)
        stream.end()
    assert client.body.endswith(expected)
    request = client.request
    assert request.complete
    assert b"" not in request.chunks
    assert len(request.body) == len(expected) + (len(b'{"statusCode": 200}') + 8 if metadata else 0)
    assert all(client.chunk_sends[:-1])


# The flusher's thread


def test_the_thread_sends_what_the_handler_leaves_behind(client: RecordingClient) -> None:
    arrived = threading.Event()

    class Watched(RecordingClient):
        def send(self, data: bytes) -> None:
            super().send(data)
            if data.endswith(b"last\r\n"):
                arrived.set()

    flusher = BatchFlusher()
    for _ in range(3):  # one thread serves one stream after the other
        arrived.clear()
        watched = Watched()
        stream = make_stream(watched, flusher)
        for _ in range(200):
            stream.write(b"flood")
        stream.write(b"last")
        assert arrived.wait(10), "nobody sent what was gathered"
        stream.end()
        assert watched.body == b"flood" * 200 + b"last"


def test_threads_may_write_at_once() -> None:
    client = RecordingClient()
    stream = make_stream(client, BatchFlusher())
    start = threading.Barrier(4)

    def write(letter: str) -> None:
        start.wait()
        for number in range(500):
            size = 20_000 if number % 100 == 0 else 20
            stream.write(f"{letter}{number}:".encode().ljust(size, b"."))
            if number % 50 == 0:
                stream.flush()

    threads = [threading.Thread(target=write, args=(letter,), daemon=True) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stream.end()
    body = client.body
    assert len(body) == 4 * (5 * 20_000 + 495 * 20)
    assert all(client.chunk_sends[:-1])
    for letter in "abcd":  # each write whole, and each thread's in its order
        places = [body.index(f"{letter}{number}:".encode()) for number in range(500)]
        assert places == sorted(places)


# Content type and metadata


def test_content_type(stream: ResponseStream, client: RecordingClient) -> None:
    stream.set_content_type("text/csv; charset=utf-8")
    stream.end(b"a,b")
    assert client.request.headers["content-type"] == "text/csv; charset=utf-8"


def test_content_type_comes_too_late(stream: ResponseStream) -> None:
    stream.write(b"x")
    with pytest.raises(InvalidStreamingOperation, match="Cannot set content type: the response has started"):
        stream.set_content_type("text/plain")
    with pytest.raises(InvalidStreamingOperation, match="Cannot set metadata: the response has started"):
        HttpResponseStream.from_(stream, {})
    stream.end()
    with pytest.raises(InvalidStreamingOperation, match="Cannot set content type"):
        stream.set_content_type("text/plain")


def test_content_type_next_to_metadata(stream: ResponseStream) -> None:
    HttpResponseStream.from_(stream, {"headers": {"Content-Type": "text/plain"}})
    with pytest.raises(InvalidStreamingOperation, match="expected Content-Type among its headers"):
        stream.set_content_type("text/plain")


@pytest.mark.parametrize("content_type", ["", "a\r\nX: y", "a\n", "a\0", "text/ž", "日"])
def test_what_is_no_content_type(stream: ResponseStream, client: RecordingClient, content_type: str) -> None:
    with pytest.raises(ValueError, match="is not a content type"):
        stream.set_content_type(content_type)
    stream.end(b"x")
    assert client.request.headers["content-type"] == "application/octet-stream"


def test_metadata_may_be_set_again_before_the_first_byte(
    stream: ResponseStream, client: RecordingClient
) -> None:
    HttpResponseStream.from_(stream, {"statusCode": 200})
    HttpResponseStream.from_(stream, {"statusCode": 404})
    stream.end()
    assert json.loads(client.request.chunks[0][:-8]) == {"statusCode": 404}


def test_bad_metadata_changes_nothing(stream: ResponseStream, client: RecordingClient) -> None:
    with pytest.raises(TypeError):
        HttpResponseStream.from_(stream, {"statusCode": None})
    stream.set_content_type("text/plain")
    stream.end(b"x")
    assert client.request.headers["content-type"] == "text/plain"


def test_unknown_metadata_is_warned_of(stream: ResponseStream, capfd: pytest.CaptureFixture[str]) -> None:
    HttpResponseStream.from_(stream, {"status": 404})
    assert (
        "Metadata key 'status' is ignored by Lambda; expected one of statusCode, " in capfd.readouterr().out
    )


# As a file


def test_it_passes_for_a_writable_binary_file(stream: ResponseStream) -> None:
    assert isinstance(stream, io.RawIOBase)
    assert stream.writable()
    assert not stream.readable()
    assert not stream.seekable()
    assert not stream.closed
    assert not stream.isatty()
    assert stream.mode == "wb"
    for refuse in (stream.tell, stream.fileno, lambda: stream.seek(0)):
        with pytest.raises(io.UnsupportedOperation):
            refuse()


def test_it_can_be_closed_like_a_file(stream: ResponseStream, client: RecordingClient) -> None:
    stream.close()
    assert stream.closed
    assert not stream.writable()
    assert client.request.complete


def test_writelines_and_print(stream: ResponseStream, client: RecordingClient) -> None:
    stream.writelines([b"a", b"b"])
    as_file: Any = stream
    print("ž", 1, file=as_file)
    stream.end()
    assert client.body == "abž 1\n".encode()


def test_context_manager_ends_the_response(stream: ResponseStream, client: RecordingClient) -> None:
    with stream as entered:
        assert entered is stream
        stream.write(b"x")
    assert stream.closed
    assert client.request.complete


def test_context_manager_leaves_an_error_its_way(stream: ResponseStream, client: RecordingClient) -> None:
    stream.write(b"x")
    with pytest.raises(KeyError), stream:
        raise KeyError
    assert stream.state == STREAMING
    assert not client.request.complete
    stream.fail({"Lambda-Runtime-Function-Error-Type": b"KeyError"})
    assert client.request.trailers


def test_context_manager_leaves_an_error_before_the_first_byte(
    stream: ResponseStream, client: RecordingClient
) -> None:
    with pytest.raises(KeyError), stream:
        raise KeyError
    assert (stream.state, client.sends) == (READY, [])


# A platform that has gone


@pytest.mark.parametrize("when", ["start", "write", "large", "end", "flush", "file"])
def test_a_broken_platform(
    stream: ResponseStream, client: RecordingClient, clock: Clock, when: str, tmp_path: Any
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    if when != "start":
        burst(stream)
        stream.write(b"gathered")
    client.fail_with = ConnectionResetError("reset")
    with path.open("rb") as file:
        ways: dict[str, Callable[[], object]] = {
            "start": lambda: stream.write(b"x"),
            "write": lambda: [stream.write(b"y" * 1000) for _ in range(40)],
            "large": lambda: stream.write(b"x" * GATHERED_SIZE),
            "end": stream.end,
            "flush": stream.flush,
            "file": lambda: stream.send_file(file.fileno(), 0, 7),
        }
        with pytest.raises(ConnectionResetError):
            ways[when]()
    assert stream.closed
    assert stream.broken is client.fail_with
    client.fail_with = None
    sent = len(client.sends)
    with pytest.raises(BrokenPipeError, match="Lambda has closed the response stream: reset"):
        stream.write(b"more")
    stream.flush()
    stream.end()
    stream.fail({})
    assert len(client.sends) == sent


def test_a_break_that_the_flusher_meets_is_told_to_the_next_write(
    stream: ResponseStream, client: RecordingClient, clock: Clock, flusher: IdleFlusher
) -> None:
    burst(stream)
    stream.write(b"gathered")
    client.fail_with = BrokenPipeError("gone")
    assert flusher.due is not None
    assert flusher.due(clock.now + LONGEST_WAIT) == 0
    assert stream.broken is client.fail_with
    with pytest.raises(BrokenPipeError, match="Lambda has closed the response stream: gone"):
        stream.write(b"next")


def test_failing_on_a_broken_platform_is_quiet(stream: ResponseStream, client: RecordingClient) -> None:
    stream.write(b"x")
    client.fail_with = BrokenPipeError()
    stream.fail({})
    assert stream.broken is client.fail_with


def test_an_interrupted_send_leaves_a_broken_stream(stream: ResponseStream, client: RecordingClient) -> None:
    stream.write(b"x")
    client.fail_with = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        stream.write(b"y")
    client.fail_with = None
    with pytest.raises(BrokenPipeError):
        stream.write(b"z")


# finished()


def run(coroutine: Any) -> Any:
    with asyncio.Runner() as runner:
        return runner.run(asyncio.wait_for(coroutine, 10))


def test_finished_when_ended_already(stream: ResponseStream) -> None:
    async def handler() -> None:
        stream.end()
        await stream.finished()
        await stream.finished()

    run(handler())


@pytest.mark.parametrize("broken", [False, True])
def test_finished_waits_for_another_thread(
    stream: ResponseStream, client: RecordingClient, broken: bool
) -> None:
    stream.write(b"x")

    def end() -> None:
        if broken:
            client.fail_with = BrokenPipeError()
        try:
            stream.end()
        except BrokenPipeError:
            return

    async def handler() -> list[bool]:
        order = []

        async def wait() -> None:
            await stream.finished()
            order.append(stream.closed)

        waiting = [asyncio.create_task(wait()) for _ in range(3)]
        await asyncio.sleep(0)
        assert not order
        threading.Thread(target=end, daemon=True).start()
        await asyncio.gather(*waiting)
        return order

    assert run(handler()) == [True] * 3


def test_finished_need_not_be_awaited(stream: ResponseStream) -> None:
    stream.finished()


@pytest.mark.parametrize("way", ["read", "readall", "readline", "readlines", "readinto", "seek", "fileno"])
def test_what_a_file_to_write_to_cannot_do(stream: ResponseStream, way: str) -> None:
    arguments: dict[str, list[Any]] = {"readinto": [bytearray(1)], "seek": [0]}
    with pytest.raises(io.UnsupportedOperation):
        getattr(stream, way)(*arguments.get(way, []))


def test_it_is_neither_copied_nor_pickled(stream: ResponseStream) -> None:
    for make in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            make(stream)


def test_a_write_after_the_end_is_a_value_error_as_any_files(stream: ResponseStream) -> None:
    stream.end()
    with pytest.raises(ValueError, match="the response has ended"):
        stream.write(b"x")
