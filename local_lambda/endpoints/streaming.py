"""How a streamed response reaches an HTTP client: a state machine without I/O.

What the runtime does goes in, piece by piece; what to do for the client comes out, in order. Until the head
is out, an error can still become a response of its own; after it, at most a cut tells the client of an error.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html

A function URL and a REST API share this machine. What differs between them is their policy.
"""

import json
from dataclasses import dataclass
from typing import Protocol

from local_lambda.endpoints.prelude import Prelude, PreludeDecoder, PreludeError
from local_lambda.endpoints.response import InvalidResult, content_length
from local_lambda.http.message import BODYLESS_STATUSES, Headers, HttpResponse
from local_lambda.platform.invocation import TIMED_OUT, FunctionError, ResponseHead


@dataclass(frozen=True)
class Warn:
    """Tell the user something that AWS would not."""

    text: str


@dataclass(frozen=True)
class Head:
    """Send the status and headers; the body follows."""

    status: int
    headers: Headers


@dataclass(frozen=True)
class Body:
    """Send some of the body, and wait while the client is slower."""

    data: bytes


@dataclass(frozen=True)
class End:
    """Send the end of the body: the response is complete."""


@dataclass(frozen=True)
class Cut:
    """Close the connection: the client sees that the response is incomplete."""


@dataclass(frozen=True)
class Whole:
    """Send a whole response in one piece."""

    response: HttpResponse


_CANNOT_TELL = (
    "THE CLIENT CANNOT TELL: it got a clean end, as on AWS (does the stream have an end mark of its own?)"
)

Action = Warn | Head | Body | End | Cut | Whole


@dataclass(frozen=True)
class Failure:
    """The response where the function's own cannot be passed on, and the warning that says why."""

    response: HttpResponse
    warning: str


class BodyError(ValueError):
    """The body is not what its headers say."""


class BodyStep(Protocol):
    """What a body is passed through on its way to the client, piece by piece."""

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what the client gets of it. Raises BodyError."""

    def finish(self) -> None:
        """Note that the body has ended. Raises BodyError if it was not complete."""


class Policy(Protocol):
    """What differs between the endpoints that stream."""

    empty_body_warning: str | None
    """What the user should know about a prelude without a body."""

    def opening(self, head: ResponseHead) -> PreludeDecoder | HttpResponse:
        """Return what finds the stream's prelude, or the head of a stream without one."""

    def head(self, prelude: Prelude) -> HttpResponse:
        """Return the head that the prelude asks for. Raises InvalidResult."""

    def body_step(self, prelude: Prelude) -> BodyStep | None:
        """Return what the body is passed through; None where it reaches the client as it is."""

    def headers(self, own: Headers) -> Headers:
        """Return the function's headers with those that AWS adds, but for the date."""

    def stream_warnings(self, prelude: Prelude | None, own: Headers) -> list[str]:
        """Return what the user should know about the head of a stream."""

    def empty(
        self, head: ResponseHead, error: PreludeError | None
    ) -> tuple[HttpResponse, list[str]] | Failure:
        """Return the response to a stream that ended before its head was out.

        It is a head, with warnings, or a failure. The error says that the stream ended within its prelude.
        """

    def failed(self, error: FunctionError) -> Failure:
        """Return the response to an error before the first byte."""

    def invalid(self, error: PreludeError | InvalidResult) -> Failure:
        """Return the response to a prelude that is not valid."""

    def ends_cleanly(self, error: FunctionError) -> bool:
        """Return whether the client of a response that has begun gets its end in spite of the error."""


class StreamedResponse:
    """One response. Each event returns what to do for the client; nothing, once it is served."""

    def __init__(self, policy: Policy, *, method: str) -> None:
        self.served = False
        """Nothing more is going to be sent: the connection is free for the next request."""
        self._policy = policy
        self._is_head = method == "HEAD"
        self._head = ResponseHead(True, None)
        self._opening: PreludeDecoder | HttpResponse = policy.opening(self._head)
        self._step: BodyStep | None = None
        self._begun = False
        self._bodyless = False
        self._opened = False
        self._length: int | None = None
        self._sent = 0
        self._received = 0

    def start(self, head: ResponseHead) -> list[Action]:
        """The runtime has begun its response. The client is told nothing yet."""
        self._head, self._opened = head, True
        self._opening = self._policy.opening(head)
        return []

    def data(self, data: bytes) -> list[Action]:
        """The runtime has sent some bytes of the response."""
        self._opened = True
        if self._begun or self.served:
            self._received += len(data)
            return [] if self.served else self._body(data)
        try:
            return self._first(data)
        except (PreludeError, InvalidResult) as error:
            return self._fail(self._policy.invalid(error))

    def end(self, error: FunctionError | None) -> list[Action]:
        """The response is complete or, with an error, will never be."""
        actions = self._end_warnings(error)
        if self.served:
            return actions
        if self._begun:
            actions += self._end_begun(error)
        elif error is not None:
            actions += self._fail(self._policy.failed(error))
        else:
            actions += self._end_empty()
        self.served = True
        return actions

    def client_left(self, unsent: int) -> list[Action]:
        """The client has closed the connection, before it had the last so many bytes of the body."""
        self.served = True
        sent = self._sent - unsent
        return [Warn(f"the client left after {sent} bytes; the function runs on, as on AWS")]

    def give_up(self, failure: Failure) -> list[Action]:
        """The endpoint waits for the function no longer."""
        if self.served:
            return []
        self.served = True
        return [Warn(failure.warning), Cut() if self._begun else whole(self._policy, failure.response)]

    def _first(self, data: bytes) -> list[Action]:
        """Take bytes before the head is out. Raises PreludeError and InvalidResult."""
        if isinstance(self._opening, HttpResponse):
            self._received += len(data)
            return [*self._begin(self._opening, None), *self._raw_warnings(data), *self._body(data)]
        body = self._opening.feed(data)
        if (prelude := self._opening.prelude) is None:
            return []
        self._received += len(body)
        head, self._step = self._policy.head(prelude), self._policy.body_step(prelude)
        return [*self._begin(head, prelude), *self._body(body)]

    def _begin(self, head: HttpResponse, prelude: Prelude | None) -> list[Action]:
        self._begun = True
        self._length = _declared_length(head.headers)
        actions: list[Action] = [*map(Warn, self._policy.stream_warnings(prelude, head.headers))]
        actions.append(Head(head.status, self._policy.headers(head.headers)))
        self._bodyless = self._is_head or head.status in BODYLESS_STATUSES
        if self._bodyless:
            # Complete with its head; the function may go on as long as it likes.
            self.served = True
            actions.append(End())
        return actions

    def _body(self, data: bytes) -> list[Action]:
        if self.served or not data:
            return []
        try:
            data = self._step.feed(data) if self._step else data
        except BodyError as error:
            self.served = True
            return self._cut(str(error))
        if not data:
            return []
        if self._length is not None and self._sent + len(data) > self._length:
            self.served = True
            return self._wrong_length(self._sent + len(data))
        self._sent += len(data)
        return [Body(data)]

    def _end_begun(self, error: FunctionError | None) -> list[Action]:
        if error is not None and self._policy.ends_cleanly(error):
            return [Warn(f"FAILED after {self._sent} bytes, and {_CANNOT_TELL}: {error}"), End()]
        if error is not None:
            return self._cut(str(error))
        try:
            if self._step is not None:
                self._step.finish()
        except BodyError as unfinished:
            return self._cut(str(unfinished))
        if self._length is not None and self._sent != self._length:
            return self._wrong_length(self._sent)
        return [End()]

    def _cut(self, reason: str) -> list[Action]:
        return [Warn(f"the response was cut after {self._sent} bytes: {reason}"), Cut()]

    def _end_empty(self) -> list[Action]:
        error = None
        try:
            if isinstance(self._opening, PreludeDecoder):
                self._opening.finish()
        except PreludeError as unfinished:
            error = unfinished
        outcome = self._policy.empty(self._head, error)
        if isinstance(outcome, Failure):
            return self._fail(outcome)
        head, warnings = outcome
        actions = [*map(Warn, warnings), *self._begin(head, None)]
        return actions if self.served else [*actions, End()]

    def _end_warnings(self, error: FunctionError | None) -> list[Action]:
        if error is not None and error.type == TIMED_OUT:
            # Node's streams have to be ended; not to do so is no error, but takes until the timeout.
            if self._opened:
                return [Warn("the response stream was still open at the timeout: does the handler end it?")]
            return [Warn("nothing had been written at the timeout, nor had a response stream been ended")]
        text = self._policy.empty_body_warning
        if error is not None or text is None or self._received or not self._begun or self._bodyless:
            return []
        return [Warn(text)] if isinstance(self._opening, PreludeDecoder) else []

    def _raw_warnings(self, data: bytes) -> list[Action]:
        if self._head.streaming or not _has_status_code(data):
            return []
        return [
            Warn("the client got JSON with a statusCode in it: a RESPONSE_STREAM URL does not interpret it")
        ]

    def _wrong_length(self, size: int) -> list[Action]:
        text = f"the response was cut: a Content-Length of {self._length}, a body of {size} bytes"
        return [Warn(text), Cut()]

    def _fail(self, failure: Failure) -> list[Action]:
        self.served = True
        return [Warn(failure.warning), whole(self._policy, failure.response)]


def whole(policy: Policy, response: HttpResponse) -> Whole:
    """Return the action that sends a whole response, with the headers that AWS adds."""
    headers = policy.headers([*response.headers, *content_length(response)])
    return Whole(HttpResponse(response.status, headers, response.body))


def _declared_length(headers: Headers) -> int | None:
    """Return the Content-Length of a head, where the endpoint lets a function set it."""
    return next((int(value) for name, value in headers if name.lower() == "content-length"), None)


def _has_status_code(body: bytes) -> bool:
    if not body.startswith(b"{"):
        return False
    try:
        return "statusCode" in json.loads(body)
    except (ValueError, RecursionError):
        return False
