"""A REST API at its stage: request → route → event → invocation → streamed response.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
"""

import time
import uuid
from collections.abc import Mapping

from local_lambda.endpoints.handler import Client, Patience
from local_lambda.endpoints.request import Trace, read_body
from local_lambda.endpoints.response import content_length
from local_lambda.endpoints.rest_api import errors
from local_lambda.endpoints.rest_api.event import Request, RestApiIdentity, rest_api_event
from local_lambda.endpoints.rest_api.response import RestApiPolicy, idle_failure
from local_lambda.endpoints.rest_api.routes import match
from local_lambda.endpoints.streaming import StreamedResponse
from local_lambda.http.exchange import Exchange
from local_lambda.http.message import HttpResponse
from local_lambda.model.function import RestApiConfiguration
from local_lambda.model.limits import IDLE_SECONDS, LIMITS, Limits
from local_lambda.platform.function import Function, Throttled
from local_lambda.platform.invocation import Invocation


class RestApi:
    """Serves the requests to one REST API; ``functions`` are by their logical ids."""

    def __init__(
        self,
        configuration: RestApiConfiguration,
        functions: Mapping[str, Function],
        identity: RestApiIdentity,
        limits: Limits = LIMITS,
    ) -> None:
        self._api = configuration
        self._functions = functions
        self._identity = identity
        self._limits = limits
        self._idle = IDLE_SECONDS.get(configuration.endpoint_type, max(IDLE_SECONDS.values()))

    async def handle(self, exchange: Exchange) -> None:
        """Serve one request; return when the client has its response."""
        stage = f"/{self._api.stage}"
        if not f"{exchange.request.path}/".startswith(f"{stage}/"):
            _respond(exchange, errors.forbidden())
            return
        path = exchange.request.path.removeprefix(stage) or "/"
        found = match(self._api.routes, exchange.request.method, path)
        if found is None:
            _respond(exchange, errors.no_such_route())
            return
        body = await read_body(exchange, self._limits.request)
        if body is None:
            _respond(exchange, errors.request_too_large())
            return
        epoch_ms = time.time_ns() // 1_000_000
        trace = Trace.of(exchange.request.header("x-amzn-trace-id"), epoch_ms)
        request = Request(
            http=exchange.request,
            body=body,
            path=path,
            match=found,
            request_id=str(uuid.uuid4()),
            trace=trace,
            epoch_ms=epoch_ms,
        )
        await self._invoke(exchange, request)

    async def _invoke(self, exchange: Exchange, request: Request) -> None:
        event = rest_api_event(request, self._api, self._identity)
        if len(event) > self._limits.request:
            _respond(exchange, errors.request_too_large())
            return
        # Lambda has a request id of its own beside that of API Gateway.
        route = request.match.route
        function = self._functions[route.function]
        invocation = Invocation(
            str(uuid.uuid4()), event, request.trace.header, qualifier=route.alias, streaming=True
        )
        try:
            await function.admit()
        except Throttled:
            _respond(exchange, errors.internal())
            return
        exchange.invoked(invocation.request_id)
        policy = RestApiPolicy(request_id=request.request_id, trace=request.trace.header)
        response = StreamedResponse(policy, method=exchange.request.method)
        patience = Patience(self._idle, lambda: response.give_up(idle_failure(self._idle)))
        client = Client(exchange, response, function.log, patience)
        try:
            function.invoke(invocation, client)
            await client.served.wait()
        finally:
            client.close()


def _respond(exchange: Exchange, response: HttpResponse) -> None:
    headers = [("x-amzn-RequestId", str(uuid.uuid4())), *response.headers, *content_length(response)]
    exchange.respond(response.status, headers, response.body)
