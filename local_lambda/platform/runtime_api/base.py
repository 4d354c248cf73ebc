"""What the Runtime API of every execution environment has: its paths, its replies, the APIs beside it.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Callable

from local_lambda.http.exchange import Exchange
from local_lambda.http.host_check import rejection
from local_lambda.http.message import Headers
from local_lambda.http.server import Address, HttpServer
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import LIMITS, Limits
from local_lambda.platform.invocation import FunctionError
from local_lambda.platform.runtime_api.extensions import ExtensionsApi
from local_lambda.platform.runtime_api.replies import accepted, text
from local_lambda.platform.runtime_api.response import Current, ResponseTaker, posted_error

_PATH = re.compile(
    r"/2018-06-01(/ping|/runtime/invocation/next|/runtime/init/error"
    r"|/runtime/invocation/([^/]+)/(response|error))"
)
# Runtimes send up to 1 MiB of X-Ray cause in a header, and an error's base64 in a trailer.
_HEAD_BYTES = 4 * 1024 * 1024


class BaseRuntimeApi(ABC):
    """The server from which the runtime of one environment gets its invocations."""

    def __init__(self, function_arn: str, log: FunctionLog, limits: Limits = LIMITS) -> None:
        self._function_arn = function_arn
        self._log = log
        self._taker = ResponseTaker(log, limits)
        name = function_arn.rpartition(":")[2]
        self._extensions = ExtensionsApi({"functionName": name, "functionVersion": "$LATEST"})
        self.is_peer: Callable[[Address, Address], bool] = lambda _client, _server: True
        """Whether a connection, by its two ends, is one of the environment's own processes'."""
        self._server = HttpServer(self._handle, head_bytes=_HEAD_BYTES, refusal=self._refusal)
        self._initialised: asyncio.Future[FunctionError | None] = asyncio.get_running_loop().create_future()

    @property
    def has_extensions(self) -> bool:
        """Whether an extension has registered."""
        return bool(self._extensions.identifiers)

    async def listen(self) -> str:
        """Start on a free loopback port; return the value of AWS_LAMBDA_RUNTIME_API."""
        return f"127.0.0.1:{await self._server.listen(0)}"

    async def close(self) -> None:
        """Stop serving."""
        await self._server.close()

    async def initialised(self) -> FunctionError | None:
        """Wait for the first GET /next, or for the POST of an init error, and return that error."""
        return await asyncio.shield(self._initialised)

    async def settle(self) -> None:
        """Read what an exited process has left in its sockets."""
        # A connection in the backlog is accepted, read and parsed within these turns of the event loop.
        for _ in range(12):
            await asyncio.sleep(0)

    @abstractmethod
    async def _next(self, exchange: Exchange) -> None:
        """Reply with an invocation, once there is one."""

    @abstractmethod
    async def _init_error(self, exchange: Exchange) -> None:
        """Take the error of an Init."""

    @abstractmethod
    async def _post(self, exchange: Exchange, request_id: str, kind: str) -> None:
        """Take a response or an error."""

    def _fail_init(self, exchange: Exchange, body: bytes) -> None:
        """End the Init with the error that has been posted."""
        self._initialised.set_result(posted_error(exchange, body))
        accepted(exchange)

    def _refusal(self, client: Address, server: Address) -> str | None:
        if self.is_peer(client, server):
            return None
        self._log.warning("a process that is not of this environment has called its Runtime API: refused")
        return "this is the Runtime API of another execution environment"

    async def _handle(self, exchange: Exchange) -> None:
        request = exchange.request
        if reason := rejection(request.header("host"), request.header("origin")):
            text(exchange, 403, f"{reason}\n")
            return
        match = _PATH.fullmatch(exchange.request.path)
        if match is None:
            await self._beside(exchange)
            return
        path, request_id, kind = match.groups()
        if exchange.request.method != ("GET" if path in ("/ping", "/runtime/invocation/next") else "POST"):
            text(exchange, 405, "")
        elif path == "/ping":
            text(exchange, 200, "pong")
        elif path == "/runtime/invocation/next":
            await self._next(exchange)
        elif path == "/runtime/init/error":
            await self._init_error(exchange)
        else:
            await self._post(exchange, request_id, kind)

    async def _beside(self, exchange: Exchange) -> None:
        """Serve the Extensions API. SnapStart's restore endpoints are not there, as without SnapStart."""
        before = len(self._extensions.identifiers)
        response = self._extensions.response(exchange.request)
        if len(self._extensions.identifiers) > before:
            self._log.warning("an extension has registered; no events are delivered to extensions here")
        if response is None and self._extensions.waits(exchange.request):
            await asyncio.Event().wait()  # until the environment ends
        elif response is None:
            text(exchange, 404, "404 page not found\n")
        else:
            headers = [*response.headers, ("Content-Length", str(len(response.body)))]
            exchange.respond(response.status, headers, response.body)

    def _reply_with(self, current: Current, exchange: Exchange) -> None:
        """Reply to GET /next."""
        event = current.invocation.event
        headers = [*self._next_headers(current), ("Content-Length", str(len(event)))]
        exchange.respond(200, headers, event)

    def _next_headers(self, current: Current) -> Headers:
        invocation = current.invocation
        qualifier = f":{invocation.qualifier}" if invocation.qualifier else ""
        headers = [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(current.deadline_ms)),
            ("Lambda-Runtime-Invoked-Function-Arn", self._function_arn + qualifier),
            ("Lambda-Runtime-Trace-Id", invocation.trace_id),
        ]
        if invocation.client_context is not None:
            headers.append(("Lambda-Runtime-Client-Context", invocation.client_context))
        if invocation.tenant_id is not None:
            headers.append(("Lambda-Runtime-Aws-Tenant-Id", invocation.tenant_id))
        return headers
