"""A REST API at its stage: request → route → event → invocation → streamed answer.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
"""

import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from local_lambda.endpoints.function_url.handler import read_body, trace_root
from local_lambda.endpoints.function_url.result import content_length
from local_lambda.endpoints.rest_api.event import Request, RestApiIdentity, rest_api_event
from local_lambda.endpoints.rest_api.response import RestApiResponse, idle_seconds, message
from local_lambda.endpoints.rest_api.routes import match
from local_lambda.http.message import HttpResponse
from local_lambda.http.server import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.function import RestApiConfiguration
from local_lambda.platform.concurrency import Throttled
from local_lambda.platform.function import Function
from local_lambda.platform.invocation import MAX_REQUEST_BYTES, Invocation


@dataclass(frozen=True)
class Integration:
    """A function behind the API, and its log."""

    function: Function
    log: FunctionLog


class RestApi:
    """Answers the requests to one REST API; ``integrations`` are by the logical ids of its functions."""

    def __init__(
        self,
        configuration: RestApiConfiguration,
        integrations: Mapping[str, Integration],
        identity: RestApiIdentity,
    ) -> None:
        self._api = configuration
        self._integrations = integrations
        self._identity = identity
        self._idle = idle_seconds(configuration.endpoint_type)

    async def handle(self, exchange: Exchange) -> None:
        """Serve one request; returns when the client has its answer."""
        stage = f"/{self._api.stage}"
        if not f"{exchange.request.path}/".startswith(f"{stage}/"):
            _respond(exchange, message(403, "Forbidden", "ForbiddenException"))
            return
        path = exchange.request.path.removeprefix(stage) or "/"
        found = match(self._api.routes, exchange.request.method, path)
        if found is None:
            # What API Gateway says where it knows no such resource or method.
            text = "Missing Authentication Token"
            _respond(exchange, message(403, text, "MissingAuthenticationTokenException"))
            return
        body = await read_body(exchange)
        if body is None:
            _respond_too_large(exchange)
            return
        epoch_ms = time.time_ns() // 1_000_000
        root = trace_root(exchange.request.header("x-amzn-trace-id"), epoch_ms)
        request = Request(exchange.request, body, path, found, str(uuid.uuid4()), root, epoch_ms)
        await self._invoke(exchange, request)

    async def _invoke(self, exchange: Exchange, request: Request) -> None:
        event = rest_api_event(request, self._api, self._identity)
        if len(event) > MAX_REQUEST_BYTES:
            _respond_too_large(exchange)
            return
        root = request.trace_id
        trace_id = root if "Parent=" in root else f"{root};Parent={secrets.token_hex(8)};Sampled=0"
        # Lambda has a request id of its own beside that of API Gateway.
        invocation = Invocation(str(uuid.uuid4()), event, trace_id)
        integration = self._integrations[request.match.route.function]
        try:
            await integration.function.admit()
        except Throttled:
            _respond(exchange, message(500, "Internal server error", "InternalServerErrorException"))
            return
        answer = RestApiResponse(exchange, invocation, integration.log, request.request_id, self._idle)
        try:
            integration.function.invoke(invocation, answer)
            await answer.answered.wait()
        finally:
            answer.close()


def _respond_too_large(exchange: Exchange) -> None:
    # The text is documented for API Gateway's own 10 MB; that it stands for Lambda's 6 MB too is a guess.
    _respond(exchange, message(413, "Request Too Long", "RequestTooLargeException"))


def _respond(exchange: Exchange, answer: HttpResponse) -> None:
    headers = [("x-amzn-RequestId", str(uuid.uuid4())), *answer.headers, *content_length(answer)]
    exchange.respond(answer.status, headers, answer.body)
