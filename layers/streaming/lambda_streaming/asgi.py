"""``asgi(app)``: stream an ASGI application's responses, with no web server in between.

https://asgi.readthedocs.io/en/latest/specs/www.html (spec version 2.4: a send after a disconnect raises)
"""

from __future__ import annotations

from lambda_streaming._decorator import streamify_response
from lambda_streaming._event_loop import environment
from lambda_streaming._http_request import HttpRequest
from lambda_streaming._http_response_stream import HttpResponseStream
from lambda_streaming._lifespan import Lifespan
from lambda_streaming._pipeline import pipeline

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

    It takes the events of a function URL and of a REST API.

    The application's lifespan is started in the init phase (its failure is an init error) and shut down at
    SIGTERM. Its background tasks run before the next invocation. ``scope["aws.event"]`` and
    ``scope["aws.context"]`` are the invocation's own.
    """
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
        self._request = request
        self._stream = stream
        self._body_received = False
        self._status: int | None = None
        self._complete = False

    async def receive(self) -> dict[str, Any]:
        """Return the request's body, which is there as a whole; after that wait for the end of the stream."""
        if not self._body_received:
            self._body_received = True
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        await self._stream.finished()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """Send a part of the response. Raises OSError once the stream broke, AsgiError if out of order."""
        kind, status = message["type"], self._status
        if kind == "http.response.start" and status is None:
            self._start(message)
        elif kind == "http.response.body" and status is not None and not self._complete:
            self._write(message, status)
        elif kind == "http.response.pathsend" and status is not None and not self._complete:
            self._send_file(message["path"], status)
        else:
            progress = "is complete" if self._complete else "has started" if status else "has not started"
            raise AsgiError(f"Unexpected ASGI message {kind!r}: the response {progress}")

    def _start(self, message: dict[str, Any]) -> None:
        self._status = message["status"]
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", ())
        ]
        HttpResponseStream.from_(self._stream, self._request.response_metadata(message["status"], headers))

    def _write(self, message: dict[str, Any], status: int) -> None:
        self._complete = not message.get("more_body", False)
        if self._request.response_has_body(status):
            self._stream.write(message.get("body", b""))
            if self._complete:
                self._stream.end()
        else:
            self._stream.end()  # however much of a body the application still comes up with

    def _send_file(self, path: str, status: int) -> None:
        self._complete = True
        if self._request.response_has_body(status):
            pipeline(open(path, "rb"), self._stream)  # noqa: SIM115 - pipeline closes it
        else:
            self._stream.end()

    def check_complete(self) -> None:
        """Raise AsgiError if the application has returned without a complete response."""
        if self._status is None:
            raise AsgiError("The ASGI application returned without a response")
        if not self._complete and self._stream.broken is None:
            raise AsgiError("The ASGI application returned without the end of its response")


def _scope(request: HttpRequest) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method.upper(),
        "scheme": request.scheme,
        "path": request.decoded_path.decode("utf-8", "replace"),
        "raw_path": request.path.encode("latin-1", "replace"),
        "query_string": request.query.encode("latin-1", "replace"),
        "root_path": request.root_path,
        "headers": [(name.encode("latin-1"), _header_bytes(value)) for name, value in request.headers],
        "client": (request.client, 0) if request.client else None,
        "server": request.server,
        "extensions": {"http.response.pathsend": {}},
    }


def _header_bytes(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")
