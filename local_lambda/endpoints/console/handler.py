"""The console: a page at the Lambda API's address, and the requests of that page.

Its requests to function URLs are proxied here, because a URL at another port is another origin for the page.
They must carry a header of the console's own, which no page of another origin can send: a browser would ask
first.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from local_lambda.endpoints.endpoint import Endpoint
from local_lambda.endpoints.response import JSON, compact, content_length
from local_lambda.http.message import Headers, HttpRequest, HttpResponse
from local_lambda.http.server import Exchange
from local_lambda.log.history import History

HEADER = "x-local-lambda-console"
_DIRECTORY = Path(__file__).parent
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
_PAGE_HEADERS: Headers = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
]
# What a browser adds to a page's request.
_OF_THE_PAGE = ("origin", "referer", "cookie", "host", HEADER)


class Console:
    """Serves the page, its files, and its requests."""

    def __init__(self, endpoints: Callable[[], Sequence[Endpoint]], history: History) -> None:
        self._endpoints = endpoints
        self._history = history

    async def handle(self, exchange: Exchange) -> bool:
        """Serve one request if it is the console's; return whether it was."""
        request = exchange.request
        if match := re.fullmatch(r"/console/proxy/([^/]+)(/.*)", request.path):
            await self._pass_on(exchange, match[1], match[2])
        elif request.method != "GET":
            return False
        elif request.path == "/console/functions":
            _respond(exchange, 200, JSON, compact([_described(one) for one in self._endpoints()]))
        elif match := re.fullmatch(r"/console/log/([0-9a-f-]+)", request.path):
            lines, complete = self._history.lines(match[1])
            _respond(exchange, 200, JSON, compact({"lines": lines, "complete": complete}))
        elif match := re.fullmatch(r"/(?:console/([a-z]+\.(?:js|css)))?", request.path):
            return _page(exchange, match[1] or "index.html")
        else:
            return False
        return True

    async def _pass_on(self, exchange: Exchange, name: str, path: str) -> None:
        found = [one for one in self._endpoints() if one.name == name]
        if exchange.request.header(HEADER) is None:
            _respond(exchange, 403, "text/plain", f"Only the console may send this: no {HEADER}.".encode())
        elif not found:
            _respond(exchange, 404, "text/plain", f"There is no URL of {name} any more.".encode())
        else:
            await found[0].handle(exchange.as_request(_typed(exchange.request, path, found[0])))


def _typed(request: HttpRequest, path: str, endpoint: Endpoint) -> HttpRequest:
    """Return the request as if a program had sent it to the URL itself."""
    headers = [
        (name, value)
        for name, value in request.headers
        if name not in _OF_THE_PAGE and not name.startswith("sec-")
    ]
    target = f"{path}?{request.query}" if request.query else path
    authority = endpoint.url.split("/")[2]
    return replace(request, target=target, headers=[("host", authority), *headers])


def _described(endpoint: Endpoint) -> dict[str, Any]:
    path = "/" + endpoint.url.split("/", 3)[3]
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "mode": endpoint.mode,
        "path": path,
    }


def _page(exchange: Exchange, name: str) -> bool:
    file = _DIRECTORY / name
    if not file.is_file():
        return False
    _respond(exchange, 200, _TYPES[file.suffix], file.read_bytes())
    return True


def _respond(exchange: Exchange, status: int, content_type: str, body: bytes) -> None:
    response = HttpResponse(status, [("Content-Type", content_type), *_PAGE_HEADERS], body)
    exchange.respond(status, [*response.headers, *content_length(response)], body)
