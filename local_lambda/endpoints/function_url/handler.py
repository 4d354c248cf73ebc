"""A function URL: request → event → invocation → response.

https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
"""

import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import formatdate

from local_lambda.endpoints.errors import too_many_requests
from local_lambda.endpoints.function_url import errors, sigv4
from local_lambda.endpoints.function_url.cors import cors_headers, preflight
from local_lambda.endpoints.function_url.errors import Rejected
from local_lambda.endpoints.function_url.event import Caller, UrlIdentity, url_event
from local_lambda.endpoints.function_url.response import BufferedResponse, UrlPolicy
from local_lambda.endpoints.handler import Client, Response
from local_lambda.endpoints.request import Trace, read_body
from local_lambda.endpoints.streaming import StreamedResponse
from local_lambda.http.exchange import Exchange
from local_lambda.http.message import HttpRequest
from local_lambda.model.credentials import DEFAULT_CREDENTIALS, KnownCredentials
from local_lambda.model.function import FunctionUrlConfig
from local_lambda.model.limits import LIMITS, Limits
from local_lambda.platform.function import Function, Throttled
from local_lambda.platform.invocation import Invocation


class FunctionUrl:
    """Serves the requests to one function's URL; with AuthType AWS_IAM, ``credentials`` must sign them."""

    def __init__(
        self,
        function: Function,
        configuration: FunctionUrlConfig,
        identity: UrlIdentity,
        *,
        limits: Limits = LIMITS,
        credentials: Sequence[KnownCredentials] = (DEFAULT_CREDENTIALS,),
    ) -> None:
        self._function = function
        self._configuration = configuration
        self._identity = identity
        self._limits = limits
        self._credentials = credentials

    async def handle(self, exchange: Exchange) -> None:
        """Serve one request; return when the client has its response."""
        try:
            self._check(exchange.request)
            invocation = await self._invocation(exchange)
            await self._admit()
        except Rejected as rejected:
            self._reject(exchange, rejected)
            return
        exchange.invoked(invocation.request_id)
        client = Client(exchange, self._response(exchange.request, invocation), self._function.log)
        self._function.invoke(invocation, client)
        await client.served.wait()

    def _response(self, request: HttpRequest, invocation: Invocation) -> Response:
        policy = UrlPolicy(invocation, cors_headers(self._configuration.cors, request))
        if invocation.streaming:
            return StreamedResponse(policy, method=request.method)
        return BufferedResponse(policy)

    def _check(self, request: HttpRequest) -> None:
        """Check what can be known before the body is read. Raises Rejected, for a preflight request too."""
        if response := errors.address_error(request, self._identity):
            reason = f"403: there is no function URL for {request.method} {request.header('host')} here"
            raise Rejected(response, reason)
        if self._configuration.cors and (response := preflight(self._configuration.cors, request)):
            raise Rejected(response)
        if self._configuration.auth_type == "AWS_IAM" and not sigv4.is_signed(request):
            raise Rejected(errors.unsigned(), "403: AuthType is AWS_IAM, and the request is not signed")

    async def _invocation(self, exchange: Exchange) -> Invocation:
        limit = self._limits.request
        body = await read_body(exchange, limit)
        if body is None:
            raise _too_large(limit)
        caller = self._caller(exchange.request, body)
        request_id, epoch_ms = str(uuid.uuid4()), time.time_ns() // 1_000_000
        trace = Trace.of(exchange.request.header("x-amzn-trace-id"), epoch_ms)
        event = url_event(
            exchange.request,
            body,
            self._identity,
            request_id=request_id,
            trace_id=trace.root,
            epoch_ms=epoch_ms,
            caller=caller,
        )
        if len(event) > limit:
            raise _too_large(limit)
        streaming = self._configuration.invoke_mode == "RESPONSE_STREAM"
        return Invocation(
            request_id, event, trace.header, qualifier=self._configuration.alias, streaming=streaming
        )

    def _caller(self, request: HttpRequest, body: bytes) -> Caller | None:
        """Return who has signed the request; None where AuthType is NONE. Raises Rejected."""
        if self._configuration.auth_type != "AWS_IAM":
            return None
        try:
            return sigv4.verify(request, body, self._credentials, datetime.now(UTC)).identity
        except sigv4.SignatureRejected as error:
            response = errors.signature_rejected(error.error_type, str(error))
            raise Rejected(response, f"403: {error.error_type}: {error.hint}") from error

    async def _admit(self) -> None:
        try:
            await self._function.admit()
        except Throttled as error:
            raise Rejected(too_many_requests(str(error))) from error

    def _reject(self, exchange: Exchange, rejected: Rejected) -> None:
        if rejected.reason:
            self._function.log.warning(f"the client got {rejected.reason}")
        response = rejected.response
        headers = errors.headers(response, date=formatdate(usegmt=True), request_id=str(uuid.uuid4()))
        exchange.respond(response.status, headers, response.body)


def _too_large(limit: int) -> Rejected:
    reason = f"413: the request is over {limit} bytes (a body in base64 counts as such)"
    return Rejected(errors.too_large(limit), reason)
