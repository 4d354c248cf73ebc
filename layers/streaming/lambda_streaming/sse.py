"""Server-sent events for handlers: encoded, kept alive, and ended so that a client knows whether it has all.

from lambda_streaming.sse import Event, events

@events
def handler(event, context):
    for number in range(10):
        yield Event({"number": number}, id=str(number))
"""

from __future__ import annotations

from lambda_streaming._decorator import streamify_response
from lambda_streaming._response_stream import ResponseStream
from lambda_streaming._sse_event import Event, last_event_id
from lambda_streaming._sse_stream import MARGIN, PING_INTERVAL, DeadlineReached, EventStream, PublicError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
    from typing import Any, TypeAlias, TypeVar, overload

    Item: TypeAlias = Event | str | Mapping[str, object]
    Source: TypeAlias = Iterable[Item] | AsyncIterable[Item] | Mapping[str, object]
    Handler = TypeVar("Handler", bound=Callable[[Any, Any], Source | Awaitable[Source]])

__all__ = ["DeadlineReached", "Event", "EventStream", "PublicError", "events", "last_event_id"]

if TYPE_CHECKING:

    @overload
    def events(handler: Handler) -> Handler: ...
    @overload
    def events(
        *, ping: float | None = PING_INTERVAL, margin: float | None = MARGIN
    ) -> Callable[[Handler], Handler]: ...


def events(
    handler: Handler | None = None,
    *,
    ping: float | None = PING_INTERVAL,
    margin: float | None = MARGIN,
) -> Handler | Callable[[Handler], Handler]:
    """Decorate a handler of ``(event, context)`` whose events, yielded or returned, are its response.

    An item is an Event, a str as the data of one, or as the first one the metadata. ``ping`` and ``margin``
    are those of EventStream, which also says how the response ends. A dict that is returned is sent as any
    other response is, a 404 for example.
    """
    if handler is None:
        return lambda decorated: _decorate(decorated, ping, margin)
    return _decorate(handler, ping, margin)


def _decorate(handler: Handler, ping: float | None, margin: float | None) -> Handler:
    if not callable(handler):
        raise TypeError(f"events decorates a function, got {type(handler).__name__}")

    def streaming(event: Any, context: Any, **more: Any) -> Any:
        result = handler(event, context, **more)
        if not isinstance(getattr(context, "response_stream", None), ResponseStream):
            return result  # as in a unit test

        def open_stream() -> EventStream:
            return EventStream(event, context, ping=ping, margin=margin)

        if hasattr(result, "__await__"):
            return _send_awaited(result, context.response_stream, open_stream)
        return _send(result, context.response_stream, open_stream)

    streaming._events_of = handler  # type: ignore[attr-defined]  # for the runtime to look at
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        if hasattr(handler, name):
            setattr(streaming, name, getattr(handler, name))
    return streamify_response(streaming)  # type: ignore[return-value]


async def _send_awaited(result: Any, stream: ResponseStream, open_stream: Callable[[], EventStream]) -> Any:
    sent = _send(await result, stream, open_stream)
    return await sent if hasattr(sent, "__await__") else sent


def _send(source: Any, stream: ResponseStream, open_stream: Callable[[], EventStream]) -> Any:
    """Send the events of ``source``; return what is still to be awaited, or a response of another kind."""
    if isinstance(source, dict):
        return source
    if hasattr(source, "__aiter__"):
        return _send_async(source, open_stream())
    if isinstance(source, (str, bytes)) or not hasattr(source, "__iter__"):
        raise TypeError(f"expected an iterable of events, got {type(source).__name__}")

    def send_all() -> None:
        try:
            with open_stream() as events_out:
                for item in source:
                    _send_item(events_out, item)
        finally:
            close = getattr(source, "close", None)
            if close is not None:
                close()

    return stream.in_thread(send_all) or send_all()  # type: ignore[func-returns-value]


async def _send_async(source: Any, stream: EventStream) -> None:
    try:
        async with stream:
            async for item in source:
                _send_item(stream, item)
                await stream.drain()
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


def _send_item(stream: EventStream, item: Item) -> None:
    if isinstance(item, dict):
        stream.set_metadata(item)
    else:
        stream.send(item)  # type: ignore[arg-type]  # which raises TypeError for any other mapping
