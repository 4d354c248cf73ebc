"""The console: a page at the API's address, and what it asks for.

Its requests to functions go through here: for a page, a URL at another port is another origin, and much of a
response is hidden from a page. They have to carry a header of the console's own, which no page of another
origin can send (a browser would ask first).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local_lambda.endpoints.console import files
from local_lambda.endpoints.console.description import described
from local_lambda.endpoints.console.errors import ConsoleError, InvalidConsoleRequest
from local_lambda.endpoints.console.exchange import ConsoleExchange
from local_lambda.endpoints.console.html_frame import Documents
from local_lambda.endpoints.console.log_stream import send_log
from local_lambda.endpoints.console.request import ConsoleRequest
from local_lambda.endpoints.console.signing import signed
from local_lambda.endpoints.endpoint import Endpoint
from local_lambda.endpoints.eventstream import CONTENT_TYPE
from local_lambda.endpoints.request import read_body
from local_lambda.endpoints.response import JSON, compact
from local_lambda.http.exchange import Exchange, Handler
from local_lambda.http.message import HttpRequest
from local_lambda.log.history import History
from local_lambda.model.credentials import KnownCredentials
from local_lambda.model.function import FunctionConfiguration

HEADER = "x-local-lambda-console"
# A request of 6 MB, each of its characters escaped.
_MAX_BYTES = 40 * 1024 * 1024
_ID = "([0-9a-f-]{36})"


@dataclass(frozen=True, kw_only=True)
class ConsoleTarget:
    """What the console sends requests to."""

    endpoints: Callable[[], Sequence[Endpoint]]
    functions: Callable[[], Sequence[FunctionConfiguration]]
    api: Handler
    credentials: KnownCredentials
    """What requests to URLs of AuthType AWS_IAM are signed with, when the page asks for it."""
    region: str


class Console:
    """Serves what belongs to the console."""

    def __init__(self, target: ConsoleTarget, history: History, events: Path) -> None:
        self._target = target
        self._history = history
        self._events = events
        self._documents = Documents()

    async def handle(self, exchange: Exchange) -> bool:
        """Serve one request, when it is the console's; returns whether it was."""
        request = exchange.request
        try:
            if (request.method, request.path) == ("POST", "/console/send"):
                await self._send(exchange)
                return True
            return request.method == "GET" and await self._get(exchange, request.path)
        except ConsoleError as error:
            files.respond(exchange, error.status, "text/plain; charset=utf-8", str(error).encode())
            return True

    async def _get(self, exchange: Exchange, path: str) -> bool:
        if path == "/console/functions":
            served = described(self._target.endpoints(), self._target.functions())
            files.respond(exchange, 200, JSON, compact({"region": self._target.region, "functions": served}))
        elif path == "/console/events":
            files.respond(exchange, 200, JSON, compact(files.event_names(self._events)))
        elif match := re.fullmatch(r"/console/events/([^/]+\.json)", path):
            files.respond(exchange, 200, JSON, files.event(self._events, match[1]))
        elif match := re.fullmatch(f"/console/log/{_ID}", path):
            await self._log(exchange, match[1])
        elif match := re.fullmatch(f"/console/html/{_ID}", path):
            await self._html(exchange, match[1])
        elif path == "/":
            files.respond_page(exchange)
        elif match := re.fullmatch(r"/console/(?:([0-9a-f]{16})/)?([a-z_]+\.(?:js|css))", path):
            files.respond_file(exchange, match[1], match[2])
        else:
            return False
        return True

    async def _log(self, exchange: Exchange, request_id: str) -> None:
        if self._history.of(request_id) is None:
            raise ConsoleError(404, "The log of this invocation is not kept any more.")
        await send_log(exchange, self._history, request_id)

    async def _html(self, exchange: Exchange, request_id: str) -> None:
        document = self._documents.get(request_id)
        if document is None:
            raise ConsoleError(404, "The HTML of this response is not kept any more.")
        await document.send(exchange)

    async def _send(self, exchange: Exchange) -> None:
        """Serve the request that the page describes, as the endpoint itself would."""
        if exchange.request.header(HEADER) is None:
            raise ConsoleError(403, f"Only the console may send this: there is no {HEADER}.")
        body = await read_body(exchange, _MAX_BYTES)
        if body is None:
            raise ConsoleError(413, f"The request is over {_MAX_BYTES} bytes.")
        wanted = ConsoleRequest.of(body)
        request, handler = self._routed(wanted, exchange.request)
        document = self._documents.new()
        passed = ConsoleExchange(exchange, request, wanted, document, self._history)
        exchange.start(200, [("Content-Type", CONTENT_TYPE), ("Cache-Control", "no-store")])
        try:
            await passed.wait_for_latency()
            await handler(passed)
            await passed.complete()
        finally:
            document.end()

    def _routed(self, wanted: ConsoleRequest, own: HttpRequest) -> tuple[HttpRequest, Handler]:
        if wanted.event:
            for one in self._target.functions():
                if one.logical_id == wanted.name:
                    authority = own.header("host") or "127.0.0.1"
                    return wanted.to_lambda_api(one.name, authority, own.port, own.peer), self._target.api
        else:
            for endpoint in self._target.endpoints():
                if endpoint.name == wanted.name:
                    return self._to_url(wanted, endpoint, own), endpoint.handle
        raise InvalidConsoleRequest(f"{wanted.name} is not served any more: choose another function.")

    def _to_url(self, wanted: ConsoleRequest, endpoint: Endpoint, own: HttpRequest) -> HttpRequest:
        request = wanted.to_endpoint(endpoint.origin, own.peer)
        if not wanted.sign:
            return request
        return signed(request, wanted.body, self._target.credentials, self._target.region)
