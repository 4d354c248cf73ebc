"""A response of server-sent events that pings while it is idle, and whose last event says how it ended.

A function URL's client sees a stream that failed end as one that is whole does: only an event can tell them
apart. Pings and the deadline come from a thread, in an ``async def`` too: a timer of the event loop would be
silent whenever the handler blocks the loop, as one that calls boto3 does, and that is when a ping is needed.
It takes the lock that ``send`` holds for a whole event, and looks at the end under it, so that it writes
neither inside of an event nor after the last one. Where invocations share a loop, which none may block, a
timer it is.
"""

from __future__ import annotations

import _thread
import time

from lambda_streaming._exceptions import InvalidStreamingOperation
from lambda_streaming._http_response_stream import HttpResponseStream
from lambda_streaming._response_sender import STREAMING
from lambda_streaming._sse_event import PING, Event, as_event, last_event_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine, Mapping
    from types import TracebackType
    from typing import Any, Self

    from lambda_streaming._response_stream import ResponseStream

HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
# Seconds, as the standard advises ("every 15 seconds or so"); API Gateway and CloudFront give up after 30.
PING_INTERVAL = 15.0
# Seconds before the function's timeout at which a stream ends: the last event still has to arrive.
MARGIN = 1.0

_OK = 200
_FOREVER = 1e9  # seconds; what a lock can wait for has a limit


class DeadlineReached(Exception):
    """The function's time is nearly up; the client has been told from which id to continue."""


class PublicError(Exception):
    """An error whose text the client gets, in the event ``error``, be it the first; of any other, no text."""


class EventStream:
    """Send events as the response of an invocation: ``with EventStream(event, context) as stream``.

    At the end of the with block the client gets an event ``end``; where an exception leaves the block, an
    event ``error``, and Lambda the exception. At the deadline it gets an event ``continue`` with the id of
    the last event, if any had one, and ``send`` raises DeadlineReached, which the block suppresses; else it
    gets ``error``, and ``send`` raises TimeoutError.
    In an ``async def`` use ``async with``: it also cancels what the block awaits at the deadline.
    """

    def __init__(
        self,
        event: Mapping[str, Any],
        context: Any,
        metadata: Mapping[str, object] | None = None,
        *,
        ping: float | None = PING_INTERVAL,
        margin: float | None = MARGIN,
    ) -> None:
        """``event`` and ``context`` are the handler's; ``metadata`` adds to status and headers.

        ``ping`` is how long the stream may be idle, ``margin`` how long before the timeout it ends, both in
        seconds; None for never.
        """
        self.last_event_id = last_event_id(event)
        self._id = self.last_event_id
        self._stream: ResponseStream = context.response_stream
        self._request_id = context.aws_request_id
        self._lock = _thread.RLock()
        self._over = _thread.allocate_lock()
        self._refusal: Exception | None = None
        self._ping = _FOREVER if ping is None else ping
        self._deadline = _FOREVER if margin is None else _deadline(context, margin)
        self._last_write = time.monotonic()
        self._timeout: asyncio.Timeout | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.set_metadata(metadata or {})

    def set_metadata(self, metadata: Mapping[str, object]) -> None:
        """Set status, headers and cookies, before the first event; see HttpResponseStream.from_.

        With another status than 200 the response has neither pings nor an event at its end.
        """
        headers: Any = metadata.get("headers") or {}
        given = {name.lower() for name in headers}
        ours = {name: value for name, value in HEADERS.items() if name.lower() not in given}
        HttpResponseStream.from_(self._stream, {**metadata, "headers": {**ours, **headers}})

    def send(self, item: Event | str) -> None:
        """Send an event, or a str as the data of one.

        Raises DeadlineReached or TimeoutError once the function's time is nearly up, OSError when Lambda has
        closed the stream.
        """
        event = as_event(item)
        with self._lock:
            if time.monotonic() >= self._deadline:
                self._reach_deadline()
            if self._refusal is not None:
                raise self._refusal
            self._write(event)
            if event.id is not None:
                self._id = event.id
        self._stream.hold_back()

    async def drain(self) -> None:
        """Wait until there is room for more; see ResponseStream.drain."""
        await self._stream.drain()

    def __enter__(self) -> Self:
        self._over.acquire()
        if self._stream.shares_loop:
            self._watcher = _start_task(self._watch_from_loop())
        else:
            _thread.start_new_thread(self._watch, ())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        with self._lock:
            self._over.release()
            if self._watcher is not None:
                self._watcher.cancel()
            if self._refusal is None and self._is_marked:
                self._mark_end(error)
        if isinstance(self._refusal, TimeoutError) and error is None:
            raise self._refusal
        return error is not None and error is self._refusal and isinstance(error, DeadlineReached)

    async def __aenter__(self) -> Self:
        import asyncio

        self._timeout = asyncio.timeout(max(0.0, self._deadline - time.monotonic()))
        await self._timeout.__aenter__()
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        assert self._timeout is not None
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:  # it has cancelled what was awaited
            with self._lock:
                self._reach_deadline()
            refusal = self._refusal
            if refusal is None or not self.__exit__(type(refusal), refusal, None):
                raise refusal or TimeoutError("The function's time is up") from None
            return True
        return self.__exit__(kind, error, trace)

    @property
    def _is_marked(self) -> bool:
        return self._stream.status_code == _OK

    def _write(self, event: bytes) -> None:
        self._stream.put(event)
        self._last_write = time.monotonic()

    def _mark_end(self, error: BaseException | None) -> None:
        """Tell the client how the stream has ended; an error before the first byte is left to be a 502."""
        if error is None and not self._stream.closed:
            self._stream.put(Event("", event="end"))
            self._stream.end()
        elif isinstance(error, PublicError) and not self._stream.closed:
            self._write_error(str(error))
        elif error is not None and self._stream.state is STREAMING:
            self._write_error("The stream has failed")

    def _write_error(self, message: str) -> None:
        try:
            self._write(Event({"message": message, "requestId": self._request_id}, event="error"))
        except OSError:
            return  # the error that is on its way tells more

    def _reach_deadline(self) -> None:
        """Tell the client to go on in another invocation, if it can; it is told once."""
        if self._refusal is not None or not self._is_marked:
            return
        if self._id:
            self._refusal = DeadlineReached(f"The client is to continue from id {self._id!r}")
            self._stream.put(Event({"lastEventId": self._id}, event="continue"))
            self._stream.end()
        else:
            self._refusal = TimeoutError("The function's time is up; no event had an id to continue from")
            self._write_error("The function's time is up")

    def _watch(self) -> None:
        """Ping while nothing is sent, until the deadline or the end."""
        due = self._next_due()
        while not self._over.acquire(timeout=max(0.0, due - time.monotonic())):
            with self._lock:
                if not self._act(time.monotonic()):
                    return
            due = self._next_due()

    async def _watch_from_loop(self) -> None:
        """Do what ``_watch`` does, on a loop that several invocations share and none may block."""
        import asyncio

        going_on = True
        while going_on:
            await asyncio.sleep(max(0.0, self._next_due() - time.monotonic()))
            with self._lock:
                going_on = self._act(time.monotonic())

    def _next_due(self) -> float:
        return min(self._last_write + self._ping, self._deadline)

    def _act(self, now: float) -> bool:
        """Do what is due at ``now``; tell whether there may be more to do."""
        if self._over.acquire(blocking=False) or self._stream.closed or not self._is_marked:
            return False
        try:
            if now >= self._deadline:
                self._reach_deadline()
            elif now >= self._last_write + self._ping:
                self._write(PING)
        except (OSError, InvalidStreamingOperation):  # the handler's next write raises it
            return False
        return self._refusal is None


def _start_task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    import asyncio

    return asyncio.get_running_loop().create_task(work)


def _deadline(context: Any, margin: float) -> float:
    left = context.get_remaining_time_in_millis() / 1000
    return float(time.monotonic() + left - min(margin, left / 2))
