"""The Runtime API of one execution environment: next, response, error, init error.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and runtimes-custom ("Implementing response
streaming in a custom runtime").
"""

import asyncio
import re
from dataclasses import dataclass, field

from local_lambda.http.message import Headers
from local_lambda.http.server import Exchange, HttpServer, RequestTruncated
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import LIMITS, Limits
from local_lambda.platform.invocation import (
    FunctionError,
    Invocation,
    ResponseHead,
    ResponseReceiver,
)
from local_lambda.platform.rate_limit import copy_limited
from local_lambda.platform.runtime_api.extensions import ExtensionsApi
from local_lambda.platform.runtime_api.replies import accepted, read_all, reject, text
from local_lambda.platform.runtime_api.states import (
    INVALID_REQUEST_ID,
    INVALID_RESPONSE_MODE,
    TRUNCATED,
    Rejection,
    State,
    allowed,
    invalid_transition,
    too_large,
)
from local_lambda.platform.runtime_api.trailers import ERROR_TYPE, declared, error_in

_PATH = re.compile(
    r"/2018-06-01(/ping|/runtime/invocation/next|/runtime/init/error"
    r"|/runtime/invocation/([^/]+)/(response|error))"
)
_RESPONSE_MODE = "lambda-runtime-function-response-mode"
_UNSAID = "where the caller does not stream, they count with Lambda-Runtime-Function-Response-Mode: streaming"
# Runtimes send up to 1 MiB of X-Ray cause in a header, and an error's base64 in a trailer.
_HEAD_BYTES = 4 * 1024 * 1024


@dataclass
class _Current:
    """The invocation that the runtime has, or is about to get."""

    invocation: Invocation
    deadline_ms: int
    receiver: ResponseReceiver
    error: FunctionError | None = None
    ended: bool = False
    asked_for_next: asyncio.Event = field(default_factory=asyncio.Event)


class RuntimeApi:
    """The server from which one runtime gets its invocations."""

    def __init__(self, function_arn: str, log: FunctionLog, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._function_arn = function_arn
        self._log = log
        name = function_arn.rpartition(":")[2]
        self._extensions = ExtensionsApi({"functionName": name, "functionVersion": "$LATEST"})
        self._server = HttpServer(self._handle, head_bytes=_HEAD_BYTES)
        self._state = State.STARTED
        self._current: _Current | None = None
        self._dispatched = asyncio.Event()
        # Of two posts for an invocation the second waits for the first, and is then rejected (seen in RIE).
        self._posting = asyncio.Lock()
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

    async def invoke(
        self, invocation: Invocation, deadline_ms: int, receiver: ResponseReceiver
    ) -> FunctionError | None:
        """Give the waiting runtime an invocation; return when it asks for the next one.

        The receiver has had its `end` by then. Returns the error that ended the invocation, if any.
        """
        current = self._current = _Current(invocation, deadline_ms, receiver)
        self._state = State.RUNNING
        self._dispatched.set()
        await current.asked_for_next.wait()
        return current.error

    async def settle(self) -> None:
        """Read what an exited process has left in its sockets."""
        # A connection in the backlog is accepted, read and parsed within these turns of the event loop.
        for _ in range(12):
            await asyncio.sleep(0)
        async with self._posting:
            pass

    async def abort(self, error: FunctionError) -> None:
        """End the current response, unless it has ended: the runtime will not."""
        await self._server.drop_connections()
        if self._current is not None:
            self._end(self._current, error)

    def _end(self, current: _Current, error: FunctionError | None) -> None:
        if not current.ended:
            current.ended, current.error = True, error
            current.receiver.end(error)

    async def _handle(self, exchange: Exchange) -> None:
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

    async def _next(self, exchange: Exchange) -> None:
        if not allowed(self._state, State.READY):
            reject(exchange, invalid_transition(self._state, State.READY))
            return
        if self._state is not State.RUNNING:
            self._become_ready()
        await self._dispatched.wait()
        if self._current is not None:
            event = self._current.invocation.event
            headers = [*self._next_headers(self._current), ("Content-Length", str(len(event)))]
            exchange.respond(200, headers, event)

    def _become_ready(self) -> None:
        if self._state is State.STARTED and not self._initialised.done():
            self._initialised.set_result(None)
        if self._current is not None:
            self._current.asked_for_next.set()
        self._current = None
        self._state = State.READY
        self._dispatched.clear()

    def _next_headers(self, current: _Current) -> Headers:
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

    async def _init_error(self, exchange: Exchange) -> None:
        body = await read_all(exchange)
        if not allowed(self._state, State.INIT_ERROR):
            reject(exchange, invalid_transition(self._state, State.INIT_ERROR))
            return
        self._state = State.INIT_ERROR
        error_type = exchange.request.header(ERROR_TYPE) or "Runtime.Unknown"
        self._initialised.set_result(FunctionError(error_type, body))
        accepted(exchange)

    async def _post(self, exchange: Exchange, request_id: str, kind: str) -> None:
        async with self._posting:
            current = self._current
            wanted = State.RESPONDING if kind == "response" else State.ERROR_RESPONDING
            if current is None or current.invocation.request_id != request_id:
                reject(exchange, INVALID_REQUEST_ID)
            elif not allowed(self._state, wanted):
                reject(exchange, invalid_transition(self._state, wanted))
            else:
                self._state = wanted
                try:
                    await (self._response if kind == "response" else self._error)(exchange, current)
                except Exception as error:
                    self._state = State.RESPONSE_SENT
                    self._end(current, FunctionError.internal(request_id, error))
                    raise

    async def _response(self, exchange: Exchange, current: _Current) -> None:
        mode = exchange.request.header(_RESPONSE_MODE)
        if mode not in (None, "streaming"):
            # The state stays as it is, so that the next GET /next is rejected (seen in RIE).
            message = f"expected the response mode streaming, read {mode}"
            self._end(current, FunctionError.of("Runtime.InvalidResponseModeHeader", message))
            reject(exchange, INVALID_RESPONSE_MODE)
            return
        try:
            passed_on = self._streamed if current.invocation.streaming else self._collected
            rejection = await passed_on(exchange, current)
        except RequestTruncated:
            self._end(current, FunctionError.of("Runtime.TruncatedResponse", TRUNCATED.message))
            rejection = TRUNCATED
        self._state = State.RESPONSE_SENT
        if rejection:
            reject(exchange, rejection)
        else:
            accepted(exchange)

    async def _streamed(self, exchange: Exchange, current: _Current) -> Rejection | None:
        # Whatever the runtime says of itself: in AWS's own source (directinvoke.go) the invocation decides.
        await current.receiver.start(_head(exchange))
        if await copy_limited(exchange, current.receiver, self._limits):
            # The rest of the POST is read all the same: a runtime that still writes would not see a 413.
            self._end(current, FunctionError.response_too_large(self._limits.streamed))
            await read_all(exchange, limit=0)
            return too_large(self._limits.streamed)
        self._end(current, self._error_in_trailers(exchange))
        return None

    def _error_in_trailers(self, exchange: Exchange) -> FunctionError | None:
        trailers, dropped = declared(exchange.trailers, exchange.request.header("trailer"))
        for name in dropped:
            self._log.warning(f"the trailer {name} was dropped, as on AWS: the Trailer header has to name it")
        return error_in(trailers)

    async def _collected(self, exchange: Exchange, current: _Current) -> Rejection | None:
        # Collected first, so that a cut or oversized response is an error and not half a response.
        limit = self._limits.buffered
        body = await read_all(exchange, limit)
        if len(body) > limit:
            self._end(current, FunctionError.response_too_large(limit))
            return too_large(limit)
        head, error = _head(exchange), self._error_in_trailers(exchange)
        if error is not None and not head.streaming:
            self._log.warning(f"the error in the trailers was dropped, as on AWS: {_UNSAID} ({error})")
            error = None
        await current.receiver.start(head)
        await current.receiver.write(body)
        self._end(current, error)
        return None

    async def _error(self, exchange: Exchange, current: _Current) -> None:
        error_type = exchange.request.header(ERROR_TYPE) or "Runtime.Unknown"
        try:
            body = await read_all(exchange)
        except RequestTruncated:
            body = b""
        self._end(current, FunctionError(error_type, body))
        self._state = State.RESPONSE_SENT
        accepted(exchange)


def _head(exchange: Exchange) -> ResponseHead:
    request = exchange.request
    return ResponseHead(request.header(_RESPONSE_MODE) is not None, request.header("content-type"))
