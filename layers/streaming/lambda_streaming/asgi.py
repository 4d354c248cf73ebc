"""``asgi(app)``: stream an ASGI application's responses, with no web server in between.

https://asgi.readthedocs.io/en/latest/specs/www.html (spec version 2.4: a send after a disconnect raises)
"""

from __future__ import annotations

from lambda_streaming._application_kind import check
from lambda_streaming._application_response import ApplicationResponse
from lambda_streaming._decorator import streamify_response
from lambda_streaming._event_loop import environment
from lambda_streaming._http_request import HttpRequest, bytes_of, text_of
from lambda_streaming._lifespan import Lifespan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from lambda_streaming._context import LambdaContext
    from lambda_streaming._response_stream import ResponseStream


class AsgiError(Exception):
    """The application did not keep to the ASGI protocol."""


def asgi(app: Callable[..., Awaitable[None]]) -> AsgiHandler:
    """Return a streaming handler that serves ``app``, an ASGI 3 application.

    It takes the events of a function URL and of a REST API. Raises TypeError for what is no ASGI application.

    The application's lifespan is started in the init phase (its failure is an init error) and shut down at
    SIGTERM. Its background tasks run before the next invocation. ``scope["aws.event"]`` and
    ``scope["aws.context"]`` are the invocation's own.
    """
    check(app, "ASGI")
    return streamify_response(AsgiHandler(app))


class AsgiHandler:
    """The handler for one application; ``lifespan`` is for the runtime to start."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self.lifespan = Lifespan(app)

    async def __call__(
        self, event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext
    ) -> None:
        """Serve one request."""
        if not self.lifespan.started:
            await self.lifespan.start_late(environment)
        request = HttpRequest(event)
        scope = {
            **_scope(request),
            "state": dict(self.lifespan.state),
            "aws.event": event,
            "aws.context": context,
        }
        connection = _Connection(request, response_stream)
        await self._app(scope, connection.receive, connection.send)
        connection.check_complete()


class _Connection:
    """The two callables that an application speaks through."""

    def __init__(self, request: HttpRequest, stream: ResponseStream) -> None:
        self._body = request.body
        self._stream = stream
        self._response = ApplicationResponse(request, stream)
        self._body_received = False
        self._complete = False

    async def receive(self) -> dict[str, Any]:
        """Return the request's body, which is there as a whole; after that wait for the end of the stream.

        Once the response is complete, or the stream broken, there is no body any more, and no waiting.
        """
        if not self._body_received and not self._response.complete:
            self._body_received = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._stream.finished()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """Send a part of the response.

        Raises OSError once the stream broke, AsgiError if out of order, ContentLengthError for a body of
        another length than the application has announced.
        """
        kind, started = message["type"], self._response.started
        if kind == "http.response.start" and not started:
            headers = [_header(name, value) for name, value in message.get("headers", ())]
            self._response.start(message["status"], headers)
        elif kind == "http.response.body" and started and not self._complete:
            self._write(message.get("body", b""), bool(message.get("more_body", False)))
        elif kind == "http.response.pathsend" and started and not self._complete:
            self._complete = True
            pending = self._response.send_file(message["path"])
            if pending is not None:
                await pending
        else:
            progress = "is complete" if self._complete else "has started" if started else "has not started"
            raise AsgiError(f"Unexpected ASGI message {kind!r}: the response {progress}")
        if self._stream.needs_drain:
            await self._stream.drain()

    def _write(self, body: bytes, more: bool) -> None:
        self._response.write(body)
        if not more:
            self._complete = True
            self._response.end()
        elif not body:  # the application asks for its head to be sent
            self._response.flush()

    def check_complete(self) -> None:
        """Raise AsgiError if the application has returned without a complete response."""
        if not self._response.started:
            raise AsgiError("The ASGI application returned without a response")
        if not self._complete and self._stream.broken is None:
            raise AsgiError("The ASGI application returned without the end of its response")


def _header(name: bytes, value: bytes) -> tuple[str, str]:
    if not isinstance(name, bytes) or not isinstance(value, bytes):
        raise AsgiError(f"a header's name and value must be bytes, got {name!r}: {value!r}")
    return name.decode("latin-1"), text_of(value)


def _scope(request: HttpRequest) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method.upper(),
        "scheme": request.scheme,
        "path": request.decoded_path.decode("utf-8", "replace"),
        "raw_path": bytes_of(request.path),
        "query_string": bytes_of(request.query),
        "root_path": request.root_path,
        "headers": [(bytes_of(name), bytes_of(value)) for name, value in request.headers],
        "client": (request.client, 0) if request.client else None,
        "server": request.server,
        "extensions": {"http.response.pathsend": {}},
    }
