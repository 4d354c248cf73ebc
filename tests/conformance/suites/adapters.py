"""The test clients of Starlette and Werkzeug, changed to call applications through asgi() and wsgi().

The adapters take Content-Length off, as a stream has none, and hold the body against it. It is put back here,
for the suites look at it in many tests that are of other things.
"""

from __future__ import annotations

import string
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from transport import Exchange  # type: ignore[import-not-found]

from lambda_streaming.asgi import asgi
from lambda_streaming.wsgi import wsgi

_ASCII = string.punctuation  # which a client sends as it is
_HEADERS = {"CONTENT_TYPE": "content-type", "CONTENT_LENGTH": "content-length"}


def put_in_place(suite: str) -> None:
    """Change the test client that a suite has, for all that it calls from now on."""
    if suite.startswith(("starlette", "fastapi")):
        from starlette import testclient

        handle = testclient._TestClientTransport.handle_request

        def handle_request(self: Any, request: Any) -> Any:
            app, self.app = self.app, _through_asgi(self.app)
            try:
                return handle(self, request)
            finally:
                self.app = app

        testclient._TestClientTransport.handle_request = handle_request  # type: ignore[method-assign]
    else:
        from werkzeug.test import Client

        run = Client.run_wsgi_app

        def run_wsgi_app(self: Any, environ: Any, buffered: bool = False) -> Any:
            app, self.application = self.application, _through_wsgi(self.application)
            try:
                return run(self, environ, buffered)
            finally:
                self.application = app

        Client.run_wsgi_app = run_wsgi_app  # type: ignore[method-assign]


def _through_asgi(app: Any) -> Any:
    """Return an ASGI application that makes an event of a request, and calls ``app`` by asgi()."""

    async def bridge(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        lengths: list[bytes] = []

        async def noting(scope: Any, receive: Any, send: Any) -> None:
            async def note(message: Any) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = headers = list(message.get("headers", ()))
                    lengths.extend(value for name, value in headers if name.lower() == b"content-length")
                await send(message)

            await app(scope, receive, note)

        handler = asgi(noting)
        handler.lifespan.started = True  # the test client's own business
        handler.lifespan.state = scope["state"]
        exchange = Exchange(
            scope["method"],
            _target(scope),
            [
                *((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
                ("x-forwarded-proto", scope["scheme"]),
                ("x-forwarded-port", str(scope["server"][1])),
            ],
            await _body(receive),
            tuple(scope["client"]),
        )
        try:
            await handler(exchange.event, exchange.stream, exchange.context)
        finally:
            await _send(exchange, lengths, send)

    return bridge


def _target(scope: Any) -> str:
    query = scope["query_string"]
    target: bytes = scope["raw_path"] + (b"?" + query if query else b"")
    return target.decode("latin-1")


async def _body(receive: Any) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def _send(exchange: Exchange, lengths: list[bytes], send: Any) -> None:
    answer = exchange.answer()
    if answer is None:
        return
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    headers += [(b"content-length", length) for length in lengths[:1]]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    for chunk in answer.chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body"})


def _through_wsgi(app: Any) -> Any:
    """Return a WSGI application that makes an event of a request, and calls ``app`` by wsgi()."""

    def bridge(environ: dict[str, Any], start_response: Any) -> Any:
        # What a test gives its application directly, beside the request.
        own = {name: environ[name] for name in environ if "." in name and not name.startswith("wsgi.")}
        own["wsgi.errors"] = environ["wsgi.errors"]
        exchange = Exchange(
            environ["REQUEST_METHOD"],
            quote(environ["REQUEST_URI"].encode("latin-1"), safe=_ASCII),
            [
                *_headers(environ),
                ("x-forwarded-proto", environ["wsgi.url_scheme"]),
                ("x-forwarded-port", environ["SERVER_PORT"]),
            ],
            _read(environ["wsgi.input"]),
            (environ.get("REMOTE_ADDR", "127.0.0.1"), 0),
        )
        lengths: list[str] = []

        def noting(made: Any, start: Any) -> Any:
            def note(status: str, headers: Any, exc_info: Any = None) -> Any:
                lengths[:] = [value for name, value in headers if name.lower() == "content-length"]
                return start(status, headers, exc_info)

            return app({**made, **own}, note)

        handler = wsgi(noting)
        handler(exchange.event, exchange.stream, exchange.context)
        answer = exchange.answer()
        assert answer is not None
        headers = [*answer.headers, *(("content-length", length) for length in lengths)]
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase.upper()}", headers)
        return iter(answer.chunks)

    return bridge


def _read(body: Any) -> bytes:
    """Read a request's body, and leave it as it was: the client may send it again after a redirect."""
    position = body.tell() if body.seekable() else None
    data: bytes = body.read()
    if position is not None:
        body.seek(position)
    return data


def _headers(environ: dict[str, Any]) -> list[tuple[str, str]]:
    found = [
        (name[5:].replace("_", "-").lower(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    return found + [(header, environ[name]) for name, header in _HEADERS.items() if environ.get(name)]
