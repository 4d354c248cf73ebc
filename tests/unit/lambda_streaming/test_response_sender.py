"""A write from inside a write: refused, as Python's files refuse it."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from lambda_streaming import HttpResponseStream, _response_sender, _response_stream
from lambda_streaming._response_stream import ResponseStream
from lambda_streaming._write_batching import DIRECT_WRITES
from tests.support.recording_client import RecordingClient, make_stream


@pytest.fixture
def client() -> RecordingClient:
    return RecordingClient()


@pytest.fixture
def stream(client: RecordingClient) -> ResponseStream:
    return make_stream(client)


WAYS: dict[str, Callable[[ResponseStream], object]] = {
    "write": lambda stream: stream.write(b"<inside>"),
    "flush": lambda stream: stream.flush(),
    "end": lambda stream: stream.end(),
    "metadata": lambda stream: HttpResponseStream.from_(stream, {"statusCode": 201}),
    "content type": lambda stream: stream.set_content_type("text/html"),
    "file": lambda stream: stream.send_file(0, 0, 1),
}


@pytest.mark.parametrize("outer", ["first", "later", "large", "gathered"])
@pytest.mark.parametrize("way", WAYS)
def test_refused(
    stream: ResponseStream, client: RecordingClient, way: str, outer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (_response_sender, _response_stream):  # the time stands still: all is one burst
        monkeypatch.setattr(module, "_monotonic", lambda: 1000.0)
    refused = []

    def inside() -> None:
        with pytest.raises(RuntimeError, match="reentrant call inside"):
            WAYS[way](stream)
        refused.append(way)

    before = {"first": 0, "later": 1, "large": 1, "gathered": DIRECT_WRITES + 2}[outer]
    for _ in range(before):
        stream.write(b"-")
    client.meanwhile = inside
    if outer == "gathered":
        stream.flush()
    else:
        stream.write(b"x" * (100_000 if outer == "large" else 1))
    client.meanwhile = None
    stream.end(b"end")
    assert refused
    assert client.body.strip(b"-x") == b"end"


def test_another_threads_write_waits(stream: ResponseStream, client: RecordingClient) -> None:
    threads: list[threading.Thread] = []

    def inside() -> None:
        client.meanwhile = None
        threads.append(threading.Thread(target=stream.write, args=(b"second",)))
        threads[0].start()
        time.sleep(0.05)  # long enough to write, were it let in
        assert stream.state == "READY"

    client.meanwhile = inside
    stream.write(b"first ")
    threads[0].join()
    stream.end()
    assert client.body == b"first second"


@pytest.fixture
def alarm() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Have SIGALRM call a function again and again."""

    def install(act: Callable[[], object]) -> None:
        def handle(_number: int, _frame: FrameType | None) -> None:
            act()

        signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)

    before = signal.getsignal(signal.SIGALRM)
    yield install
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_a_signal_handler_writes_between_two_chunks_or_is_refused(
    stream: ResponseStream, client: RecordingClient, alarm: Callable[[Callable[[], object]], None]
) -> None:
    HttpResponseStream.from_(stream, {"statusCode": 200})
    outcomes = {"written": 0, "refused": 0}

    def beat() -> None:
        try:
            stream.write(b"[beat]")
            outcomes["written"] += 1
        except RuntimeError:
            outcomes["refused"] += 1

    alarm(beat)
    count = 0
    end = time.monotonic() + 20
    while (count < 2000 or not all(outcomes.values())) and time.monotonic() < end:
        stream.write(b"x" * 3000)
        count += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    stream.end()
    assert all(outcomes.values())
    body = client.request.body.partition(b"\0" * 8)[2]
    assert body.replace(b"[beat]", b"") == b"x" * 3000 * count
    assert body.count(b"[beat]") == outcomes["written"]


class Interrupted(Exception):
    pass


def test_what_was_written_is_sent_or_the_stream_is_broken_whenever_a_signal_handler_raises(
    stream: ResponseStream, client: RecordingClient, alarm: Callable[[Callable[[], object]], None]
) -> None:
    def interrupt() -> None:
        raise Interrupted

    written: list[int] = []

    def write_until_interrupted(moment: float) -> None:
        """Write, and be interrupted once: ``moment`` seconds from now, or not at all."""
        signal.setitimer(signal.ITIMER_REAL, moment)
        while len(written) < 20_000:
            stream.write(b"<%06d>" % len(written))
            written.append(len(written))
        signal.setitimer(signal.ITIMER_REAL, 0)

    signal.signal(signal.SIGALRM, lambda *_: interrupt())
    moments = random.Random(1)
    interruptions = 0
    while len(written) < 20_000 and stream.broken is None:
        try:
            write_until_interrupted(0.00002 + moments.random() * 0.0006)
        except Interrupted:
            interruptions += 1
        except OSError:
            signal.setitimer(signal.ITIMER_REAL, 0)
    assert interruptions
    if stream.broken is None:
        stream.end()
        assert set(client.body.replace(b">", b"").split(b"<")[1:]) == {b"%06d" % one for one in written}
    else:
        assert isinstance(stream.broken, Interrupted)
        with pytest.raises(OSError, match="interrupted"):
            stream.write(b"more")
    owned = threading.Thread(target=lambda: owners.append(stream._lock.acquire(timeout=5)))
    owners: list[bool] = []
    owned.start()
    owned.join()
    assert owners == [True]  # whatever was interrupted, the lock was released
