"""``wsgi(app)``: stream a WSGI application's responses, piece by piece as it yields them.

https://peps.python.org/pep-3333/
"""

from __future__ import annotations

import io
import sys

from lambda_streaming._decorator import streamify_response
from lambda_streaming._http_request import HttpRequest
from lambda_streaming._http_response_stream import HttpResponseStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Any

    from lambda_streaming._context import LambdaContext
    from lambda_streaming._response_stream import ResponseStream

    ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WsgiError(Exception):
    """The application did not keep to PEP 3333."""


def wsgi(app: Callable[..., Iterable[bytes]]) -> Callable[..., None]:
    """Return a streaming handler that serves ``app``, a WSGI application.

    It takes the events of a function URL and of a REST API.
    ``environ["aws.event"]`` and ``environ["aws.context"]`` are the invocation's own.
    """

    def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
        request = HttpRequest(event)
        response = _Response(request, response_stream)
        environ = {**_environ(request), "aws.event": event, "aws.context": context}
        pieces = app(environ, response.start)
        try:
            for piece in pieces:
                response.write(piece)
                if response_stream.closed:  # a response without a body is complete with its head
                    break
            response.end()
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    return streamify_response(handler)


class _Response:
    """What ``start_response`` and the pieces of the body come to."""

    def __init__(self, request: HttpRequest, stream: ResponseStream) -> None:
        self._request = request
        self._stream = stream
        self._started: tuple[int, list[tuple[str, str]]] | None = None
        self._begun = False
        self._has_body = True

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        """Take status and headers, as PEP 3333's ``start_response``; return its ``write``."""
        if exc_info is not None and exc_info[1] is not None and self._begun:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._started is not None:
            raise WsgiError("start_response was called again without exc_info")
        self._started = (int(status[:3]), headers)
        return self.write

    def write(self, piece: bytes) -> None:
        """Send a piece of the body; the head goes before the first that is not empty."""
        if not piece:
            return
        self._begin()
        if self._has_body:
            self._stream.write(piece)

    def end(self) -> None:
        """End the response: whatever the application does in ``close`` comes after it."""
        self._begin()
        self._stream.end()

    def _begin(self) -> None:
        """Set the response's metadata, once the application has told them."""
        if self._begun:
            return
        if self._started is None:
            raise WsgiError("The WSGI application returned without calling start_response")
        self._begun = True
        status, headers = self._started
        HttpResponseStream.from_(self._stream, self._request.response_metadata(status, headers))
        self._has_body = self._request.response_has_body(status)
        if not self._has_body:
            self._stream.end()


def _environ(request: HttpRequest) -> dict[str, Any]:
    path = request.decoded_path.decode("latin-1")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method.upper(),
        "SCRIPT_NAME": request.root_path,
        "PATH_INFO": path.removeprefix(request.root_path),
        "QUERY_STRING": request.query,
        "SERVER_NAME": request.server[0],
        "SERVER_PORT": str(request.server[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request.client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        if "_" in name:  # it would pass for the header with hyphens, which a proxy may have vouched for
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ.setdefault("CONTENT_LENGTH", str(len(request.body)))
    return environ
