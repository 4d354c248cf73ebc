"""The Lambda API: what SDKs, the AWS CLI and `sam remote invoke` call.

https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html. Signatures are not checked.
"""

import re
import uuid
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl

from local_lambda.endpoints.lambda_api import cloudformation, errors
from local_lambda.endpoints.lambda_api.describe import function_list
from local_lambda.endpoints.lambda_api.errors import ApiError
from local_lambda.endpoints.lambda_api.invoke import (
    ApiFunction,
    Call,
    invoke,
    invoke_with_response_stream,
    respond,
)
from local_lambda.endpoints.lambda_api.names import LATEST, InvalidName, parse
from local_lambda.endpoints.request import read_body
from local_lambda.endpoints.response import JSON, compact
from local_lambda.http.exchange import Exchange, Handler
from local_lambda.http.host_check import rejection
from local_lambda.http.message import HttpResponse
from local_lambda.model.limits import LIMITS, Limits


def only_this_machine(handler: Handler, own_name: str | None = None) -> Handler:
    """Return the handler behind a check of the Host and Origin headers."""

    async def handle(exchange: Exchange) -> None:
        request = exchange.request
        if reason := rejection(request.header("host"), request.header("origin"), own_name):
            respond(exchange, errors.access_denied(reason).response, str(uuid.uuid4()))
        else:
            await handler(exchange)

    return handle


class LambdaApi:
    """Serves the requests to the API; ``functions`` returns what it serves at the moment."""

    def __init__(
        self, functions: Callable[[], Sequence[ApiFunction]], region: str, limits: Limits = LIMITS
    ) -> None:
        self._functions = functions
        self._region = region
        self._limits = limits

    async def handle(self, exchange: Exchange) -> None:
        """Serve one request; return when the client has its response."""
        request_id = str(uuid.uuid4())
        try:
            await self._route(exchange, request_id)
        except ApiError as error:
            respond(exchange, error.response, request_id)

    async def _route(self, exchange: Exchange, request_id: str) -> None:
        request = exchange.request
        if (request.method, request.path) == ("POST", "/"):
            body = await read_body(exchange, self._limits.request)
            respond(exchange, self._cloudformation(body or b"", request_id), request_id)
        elif (request.method, request.path.rstrip("/")) == ("GET", "/2015-03-31/functions"):
            descriptions = [one.description for one in self._functions()]
            respond(exchange, _document(function_list(descriptions)), request_id)
        else:
            for method, pattern, operation in _OPERATIONS:
                match = pattern.fullmatch(request.path)
                if match and method == request.method:
                    await operation(self._call(exchange, match[1], request_id))
                    return
            raise errors.unknown_operation(self._directions())

    def _cloudformation(self, body: bytes, request_id: str) -> HttpResponse:
        return cloudformation.response(body, [one.description for one in self._functions()], request_id)

    def _call(self, exchange: Exchange, segment: str, request_id: str) -> Call:
        qualifier = dict(parse_qsl(exchange.request.query)).get("Qualifier")
        try:
            reference = parse(segment, qualifier)
        except InvalidName as error:
            raise errors.invalid_parameter(str(error)) from error
        for one in self._functions():
            known = one.description.configuration.name == reference.name and reference.is_of(self._region)
            if known and reference.qualifier in (None, LATEST, one.description.configuration.alias):
                return Call(exchange, one, reference, request_id, self._limits)
        raise errors.function_not_found(reference.arn(self._region))

    def _directions(self) -> str:
        functions = ", ".join(
            f"{one.description.configuration.name} at {one.description.url}" if one.description.url
            else one.description.configuration.name
            for one in self._functions()
        )  # fmt: skip
        return f"This is the Lambda API; it has no such operation here. Functions: {functions}"


async def _get_function(call: Call) -> None:
    respond(
        call.exchange, _document(call.target.description.function(call.reference.qualifier)), call.request_id
    )


async def _get_configuration(call: Call) -> None:
    configuration = call.target.description.function_configuration(call.reference.qualifier)
    respond(call.exchange, _document(configuration), call.request_id)


async def _get_url_config(call: Call) -> None:
    config = call.target.description.url_config()
    if config is None:
        raise errors.resource_not_found("The resource you requested does not exist.")
    respond(call.exchange, _document(config), call.request_id)


async def _list_url_configs(call: Call) -> None:
    respond(call.exchange, _document(call.target.description.url_configs()), call.request_id)


def _document(value: object) -> HttpResponse:
    return HttpResponse(200, [("Content-Type", JSON)], compact(value))


_OPERATIONS: list[tuple[str, re.Pattern[str], Callable[[Call], Awaitable[None]]]] = [
    (method, re.compile(path), operation)
    for method, path, operation in (
        ("POST", "/2015-03-31/functions/([^/]+)/invocations", invoke),
        (
            "POST",
            "/2021-11-15/functions/([^/]+)/response-streaming-invocations",
            invoke_with_response_stream,
        ),
        ("GET", "/2015-03-31/functions/([^/]+)", _get_function),
        ("GET", "/2015-03-31/functions/([^/]+)/configuration", _get_configuration),
        ("GET", "/2021-10-31/functions/([^/]+)/url", _get_url_config),
        ("GET", "/2021-10-31/functions/([^/]+)/urls", _list_url_configs),
    )
]
