"""Streams of events: what is sent, and how each ends. The bytes go to a client that keeps them."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from lambda_streaming import LambdaContext
from lambda_streaming._event_loop import environment
from lambda_streaming._invocation import Invocation
from lambda_streaming.sse import DeadlineReached, Event, EventStream, PublicError, events
from tests.support.http_events import url_event
from tests.support.recording_client import RecordingClient, make_stream

PATIENCE = 20  # seconds


@pytest.fixture(autouse=True)
def _no_loop_left() -> Iterator[None]:
    yield
    environment.prepare().close()
    environment.__init__()  # type: ignore[misc]
    asyncio.set_event_loop(None)


class Invoked:
    """An invocation with ``seconds`` to live, whose response is kept."""

    def __init__(self, seconds: float = 900, last_event_id: str = "") -> None:
        self.event = url_event(last_event_id=last_event_id)
        self.client = RecordingClient()
        self.stream = make_stream(self.client)
        deadline = str(int((time.time() + seconds) * 1000))
        invocation = Invocation(
            {"lambda-runtime-aws-request-id": "r-1", "lambda-runtime-deadline-ms": deadline}, b""
        )
        invocation.open_stream = lambda invocation: self.stream
        self.context = LambdaContext(invocation, {}, time.time)

    def call(self, handler: Callable[[Any, Any], Any]) -> bytes:
        """Call ``handler``; return the body of what the runtime would have sent."""
        handler(self.event, self.context)
        self.stream.end()
        return self.body

    def fail(self, handler: Callable[[Any, Any], Any], error: type[Exception]) -> bytes:
        """Call ``handler``, which raises ``error``; return the body, which trailers end."""
        with pytest.raises(error):
            handler(self.event, self.context)
        assert self.stream.state == "STREAMING"
        self.stream.fail({})
        return self.body

    @property
    def body(self) -> bytes:
        return self.client.body.partition(b"\0" * 8)[2]

    @property
    def prelude(self) -> Any:
        return json.loads(self.client.body.partition(b"\0" * 8)[0])


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


END = b"event: end\ndata: \n\n"


@events
def generator(event: Any, context: Any) -> Iterator[Event | str]:
    yield "one"
    yield Event({"n": 2}, event="number", id="2")


@events
async def async_generator(event: Any, context: Any) -> AsyncIterator[Event | str]:
    yield "one"
    await asyncio.sleep(0)
    yield Event({"n": 2}, event="number", id="2")


@events
def returns_list(event: Any, context: Any) -> list[Event | str]:
    return ["one", Event({"n": 2}, event="number", id="2")]


@events
async def async_returns(event: Any, context: Any) -> AsyncIterator[Event | str]:
    async def source() -> AsyncIterator[Event | str]:
        yield "one"
        yield Event({"n": 2}, event="number", id="2")

    return source()


def on_the_context(event: Any, context: LambdaContext) -> None:
    with EventStream(event, context) as stream:
        stream.send("one")
        stream.send(Event({"n": 2}, event="number", id="2"))


@pytest.mark.parametrize("handler", [generator, async_generator, returns_list, async_returns, on_the_context])
def test_each_form_sends_its_events_and_the_end(handler: Callable[[Any, Any], Any]) -> None:
    invoked = Invoked()
    body = invoked.call(handler)
    assert body == b'data: one\n\nevent: number\nid: 2\ndata: {"n": 2}\n\n' + END
    assert invoked.prelude == {
        "statusCode": 200,
        "headers": {"Content-Type": "text/event-stream", "Cache-Control": "no-store"},
    }


def test_no_event_is_a_stream_too() -> None:
    assert Invoked().call(events(lambda event, context: [])) == END


def test_the_decorated_function_keeps_its_name_and_can_be_tested() -> None:
    assert (generator.__name__, generator.__module__) == ("generator", __name__)
    assert list(generator({}, None)) == ["one", Event({"n": 2}, event="number", id="2")]


def test_metadata_comes_first_or_not_at_all() -> None:
    @events
    def handler(event: Any, context: Any) -> Iterator[Any]:
        yield {"headers": {"cache-control": "no-cache", "X": "y"}, "cookies": ["a=b"]}
        yield "one"

    invoked = Invoked()
    assert invoked.call(handler) == b"data: one\n\n" + END
    assert invoked.prelude == {
        "statusCode": 200,
        "headers": {"Content-Type": "text/event-stream", "cache-control": "no-cache", "X": "y"},
        "cookies": ["a=b"],
    }


def test_a_client_is_told_to_stay_away() -> None:
    """204 is the standard's way to end a client's reconnecting; such a response has no body."""

    @events
    def yields(event: Any, context: Any) -> Iterator[Any]:
        yield {"statusCode": 204}

    @events
    def returns(event: Any, context: Any) -> Any:
        return {"statusCode": 204}

    for handler in (yields, returns):
        invoked = Invoked()
        assert invoked.call(handler) == b""
        assert invoked.prelude["statusCode"] == 204


@pytest.mark.parametrize("result", ["text", b"bytes", 7, None])
def test_what_is_no_source_of_events_is_a_type_error(result: Any) -> None:
    with pytest.raises(TypeError, match=f"expected an iterable of events, got {type(result).__name__}"):
        events(lambda event, context: result)(Invoked().event, Invoked().context)


def failing(error: Exception) -> Any:
    @events
    def handler(event: Any, context: Any) -> Iterator[str]:
        yield "one"
        raise error

    return handler


def failing_async(error: Exception) -> Any:
    @events
    async def handler(event: Any, context: Any) -> AsyncIterator[str]:
        yield "one"
        raise error

    return handler


@pytest.mark.parametrize("make", [failing, failing_async])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("the key is 123"), "The stream has failed"),
        (PublicError("The model is busy"), "The model is busy"),
    ],
)
def test_an_error_is_told_to_the_client_and_to_lambda(make: Any, error: Exception, said: str) -> None:
    invoked = Invoked()
    mark = f'event: error\ndata: {{"message": "{said}", "requestId": "r-1"}}\n\n'
    assert invoked.fail(make(error), type(error)) == b"data: one\n\n" + mark.encode()


def test_before_the_first_event_an_error_is_a_502() -> None:
    def handler(event: Any, context: LambdaContext) -> None:
        with EventStream(event, context):
            raise ValueError("early")

    invoked = Invoked()
    with pytest.raises(ValueError, match="early"):
        handler(invoked.event, invoked.context)
    assert invoked.client.sends == []


def test_a_public_error_may_be_the_first_that_the_client_gets() -> None:
    def handler(event: Any, context: LambdaContext) -> None:
        with EventStream(event, context):
            raise PublicError("Not today")

    mark = b'event: error\ndata: {"message": "Not today", "requestId": "r-1"}\n\n'
    assert Invoked().fail(handler, PublicError) == mark


def test_an_item_that_is_no_event_is_a_type_error_and_the_source_is_closed() -> None:
    closed = []

    @events
    def handler(event: Any, context: Any) -> Iterator[Any]:
        try:
            yield "one"
            yield b"two"
        finally:
            closed.append(True)

    invoked = Invoked()
    assert b"event: error" in invoked.fail(handler, TypeError)
    assert closed == [True]


def test_a_stream_that_lambda_has_closed_raises_what_happened() -> None:
    invoked = Invoked()

    def handler(event: Any, context: LambdaContext) -> None:
        with EventStream(event, context) as stream:
            stream.send("one")
            invoked.client.fail_with = ConnectionResetError("reset")
            stream.send("two")

    with pytest.raises(ConnectionResetError):
        handler(invoked.event, invoked.context)
    assert isinstance(invoked.stream.broken, ConnectionResetError)


def test_it_pings_while_idle_and_never_after_the_end() -> None:
    invoked = Invoked()

    def handler(event: Any, context: LambdaContext) -> None:
        with EventStream(event, context, ping=0.02) as stream:
            stream.send("one")
            wait_until(lambda: invoked.client.wire.count(b": ping\n\n") >= 3)
            stream.send("two")

    body = invoked.call(handler)
    assert body.replace(b": ping\n\n", b"") == b"data: one\n\ndata: two\n\n" + END
    assert body.endswith(b"data: two\n\n" + END) or b"data: two\n\n: ping" in body
    sent = len(invoked.client.wire)
    wait_until(lambda: not _watching())
    assert len(invoked.client.wire) == sent


def _watching() -> list[Any]:
    """Return the threads of event streams that have not ended."""
    return [f for f in sys._current_frames().values() if f.f_code.co_name == "_watch"]


def test_an_async_handler_that_blocks_its_loop_is_kept_alive_too() -> None:
    invoked = Invoked()

    @events(ping=0.02)
    async def handler(event: Any, context: Any) -> AsyncIterator[str]:
        yield "one"
        wait_until(lambda: b": ping\n\n" in invoked.client.wire)
        yield "two"

    assert invoked.call(handler).replace(b": ping\n\n", b"") == b"data: one\n\ndata: two\n\n" + END


def test_pings_come_between_events_and_never_within_one() -> None:
    """Four threads send events as fast as they can, while pings are due all the time."""
    invoked = Invoked()
    lines = "x\n" * 50

    def handler(event: Any, context: LambdaContext) -> None:
        with EventStream(event, context, ping=0) as stream:

            def send() -> None:
                for _ in range(50):
                    stream.send(lines)

            threads = [threading.Thread(target=send) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    body = invoked.call(handler)
    assert body.replace(b": ping\n\n", b"") == bytes(Event(lines)) * 200 + END


# The deadline


@events(margin=1)
def counts(event: Any, context: Any) -> Iterator[Event]:
    for number in range(10_000):
        yield Event(str(number), id=str(number))
        time.sleep(0.01)


@events(margin=1)
async def counts_async(event: Any, context: Any) -> AsyncIterator[Event]:
    for number in range(10_000):
        yield Event(str(number), id=str(number))
        await asyncio.sleep(0.01)


def _continued_from(body: bytes) -> str:
    *_, last = body.removesuffix(b"\n\n").split(b"\n\n")
    name, data = last.decode().split("\n")
    assert name == "event: continue"
    found: str = json.loads(data.removeprefix("data: "))["lastEventId"]
    return found


@pytest.mark.parametrize("handler", [counts, counts_async])
def test_at_the_deadline_the_client_is_told_where_to_go_on(handler: Any) -> None:
    invoked = Invoked(seconds=1.2)
    body = invoked.call(handler)
    numbers = [line for line in body.decode().split("\n") if line.startswith("id: ")]
    assert numbers[-1] == f"id: {_continued_from(body)}"
    assert b"event: end" not in body


@pytest.mark.parametrize("seconds", [1.2, 0.2])
def test_a_source_that_blocks_does_not_keep_the_client_from_it(seconds: float) -> None:
    """A margin longer than half of what is left is cut to that."""
    invoked = Invoked(seconds=seconds)

    @events(margin=1)
    def handler(event: Any, context: Any) -> Iterator[Event]:
        yield Event("one", id="1")
        wait_until(lambda: invoked.stream.closed)
        yield Event("two", id="2")
        raise AssertionError("the source was asked again")

    body = invoked.call(handler)
    assert _continued_from(body) == "1"
    assert b"two" not in body


def test_what_an_async_source_awaits_is_cancelled() -> None:
    cleaned = []

    @events(margin=1)
    async def handler(event: Any, context: Any) -> AsyncIterator[Event]:
        yield Event("one", id="1")
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            cleaned.append(True)

    started = time.monotonic()
    assert _continued_from(Invoked(seconds=1.2).call(handler)) == "1"
    assert cleaned == [True]
    assert time.monotonic() - started < PATIENCE / 2


def test_a_client_that_got_nothing_new_goes_on_from_where_it_was() -> None:
    @events(margin=1)
    async def handler(event: Any, context: Any) -> AsyncIterator[Event]:
        await asyncio.sleep(PATIENCE)
        yield Event("never")

    assert _continued_from(Invoked(seconds=1.2, last_event_id="41").call(handler)) == "41"


@pytest.mark.parametrize("blocks", [True, False])
def test_without_ids_the_deadline_is_an_error(blocks: bool) -> None:
    invoked = Invoked(seconds=1.2)

    @events(margin=1)
    async def handler(event: Any, context: Any) -> AsyncIterator[str]:
        yield "one"
        if blocks:
            wait_until(lambda: b"event: error" in invoked.client.wire)
        else:
            await asyncio.sleep(PATIENCE)

    body = invoked.fail(handler, TimeoutError)
    assert body.count(b"event: error") == 1
    assert b"The function's time is up" in body


def test_a_handler_may_catch_the_deadline() -> None:
    caught = []

    def handler(event: Any, context: LambdaContext) -> None:
        with EventStream(event, context, margin=1) as stream:
            try:
                while True:
                    stream.send(Event("x", id="1"))
            except DeadlineReached as reached:
                caught.append(str(reached))

    assert _continued_from(Invoked(seconds=1.1).call(handler)) == "1"
    assert caught == ["The client is to continue from id '1'"]


def test_a_timeout_of_the_handler_s_own_is_an_error_like_any_other() -> None:
    @events
    async def handler(event: Any, context: Any) -> AsyncIterator[str]:
        yield "one"
        async with asyncio.timeout(0.01):
            await asyncio.sleep(PATIENCE)

    invoked = Invoked()
    assert b"The stream has failed" in invoked.fail(handler, TimeoutError)


def test_it_decorates_functions() -> None:
    with pytest.raises(TypeError, match="events decorates a function, got int"):
        events(7)  # type: ignore[call-overload]
