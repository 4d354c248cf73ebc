"""``wsgi(app)``: stream a WSGI application's responses, piece by piece as it yields them.

https://peps.python.org/pep-3333/
"""

from __future__ import annotations

import io
import sys

from lambda_streaming import _prelude
from lambda_streaming._application_kind import check
from lambda_streaming._application_response import ApplicationResponse
from lambda_streaming._decorator import streamify_response
from lambda_streaming._http_request import HttpRequest, bytes_of, text_of

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

    It takes the events of a function URL and of a REST API. Raises TypeError for what is no WSGI application.

    ``environ["aws.context"]`` is the invocation's own, and ``environ["aws.event"]`` its event without the
    cookies, which are in ``HTTP_COOKIE``: error reports print the rest of an environ.
    """
    check(app, "WSGI")

    def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
        request = HttpRequest(event)
        response = _Response(request, response_stream)
        environ = {**_environ(request), "aws.event": _without_cookies(event), "aws.context": context}
        pieces = app(environ, response.start)
        if pieces is None or hasattr(pieces, "__await__"):
            raise WsgiError(f"The application returned no iterable of bytes but {type(pieces).__name__}")
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
        self._response = ApplicationResponse(request, stream)
        self._head: tuple[int, list[tuple[str, str]]] | None = None

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        """Take status and headers, as PEP 3333's ``start_response``; return its ``write``.

        Raises WsgiError, TypeError or ValueError for what could not be sent, and what ``exc_info`` holds
        where the response has begun.
        """
        if exc_info is not None and exc_info[1] is not None and self._response.started:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._head is not None:
            raise WsgiError("start_response was called again without exc_info")
        self._head = (_status_code(status), [_header(name, value) for name, value in headers])
        return self.write

    def write(self, piece: bytes) -> None:
        """Send a piece of the body; the head goes before the first that is not empty."""
        if piece or not isinstance(piece, bytes):
            self._begin()
            self._response.write(piece)

    def end(self) -> None:
        """End the response: whatever the application does in ``close`` comes after it."""
        self._begin()
        self._response.end()

    def _begin(self) -> None:
        """Set the response's metadata, once the application has told them."""
        if self._head is None:
            raise WsgiError("The WSGI application returned without calling start_response")
        if not self._response.started:
            self._response.start(*self._head)


def _status_code(status: str) -> int:
    """Return the number that a status such as "200 OK" begins with."""
    if not isinstance(status, str) or not status[:3].isdecimal() or status[3:4].strip():
        raise WsgiError(f"expected a status such as '200 OK', got {status!r}")
    return _prelude.status_code(int(status[:3]))


def _header(name: str, value: str) -> tuple[str, str]:
    """Return a header as it is in the metadata: a native string of PEP 3333 has a character for each byte."""
    if not isinstance(value, str):
        raise TypeError(f"the value of {name!r} must be a str, got {type(value).__name__}")
    try:
        text = text_of(value.encode("latin-1"))
    except UnicodeEncodeError:
        message = f"the value of {name!r} has characters beyond U+00FF, which PEP 3333 forbids: {value!r}"
        raise ValueError(message) from None
    return _prelude.header_name(name), _prelude.header_value(name, text)


def _environ(request: HttpRequest) -> dict[str, Any]:
    path = request.decoded_path.decode("latin-1")
    target = _native(f"{request.path}?{request.query}" if request.query else request.path)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method.upper(),
        "SCRIPT_NAME": request.root_path,
        "PATH_INFO": path.removeprefix(request.root_path),
        "QUERY_STRING": _native(request.query),
        "REQUEST_URI": target,
        "RAW_URI": target,
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
        environ[key] = f"{environ[key]},{_native(value)}" if key in environ else _native(value)
    environ.setdefault("CONTENT_LENGTH", str(len(request.body)))
    return environ


def _native(text: str) -> str:
    """Return text of an event as a native string of PEP 3333, a character for each byte."""
    return text if text.isascii() else bytes_of(text).decode("latin-1")


def _without_cookies(event: dict[str, Any]) -> dict[str, Any]:
    left = {name: value for name, value in event.items() if name != "cookies"}
    for field in ("headers", "multiValueHeaders"):
        if event.get(field):
            left[field] = {name: value for name, value in event[field].items() if name.lower() != "cookie"}
    return left
