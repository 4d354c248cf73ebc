"""A function URL: request → event → invocation → answer.

https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
"""

import secrets
import time
import uuid
from datetime import UTC, datetime
from email.utils import formatdate

from local_lambda.endpoints.function_url import errors, sigv4
from local_lambda.endpoints.function_url.errors import Rejected
from local_lambda.endpoints.function_url.event import Caller, UrlIdentity, url_event
from local_lambda.endpoints.function_url.response import BufferedUrlResponse, UrlResponse
from local_lambda.endpoints.streaming import StreamedUrlResponse
from local_lambda.http.message import Headers, HttpRequest
from local_lambda.http.server import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.function import FunctionUrlConfig
from local_lambda.platform.concurrency import Throttled
from local_lambda.platform.function import Function
from local_lambda.platform.invocation import MAX_REQUEST_BYTES, Invocation


class FunctionUrl:
    """Answers the requests to one function's URL."""

    def __init__(
        self,
        function: Function,
        configuration: FunctionUrlConfig,
        identity: UrlIdentity,
        log: FunctionLog,
    ) -> None:
        self._function = function
        self._configuration = configuration
        self._identity = identity
        self._log = log

    async def handle(self, exchange: Exchange) -> None:
        """Serve one request; returns when the client has its answer."""
        try:
            self._check(exchange.request)
            invocation = await self._invocation(exchange)
            await self._admit()
        except Rejected as refused:
            self._refuse(exchange, refused)
            return
        answer = self._answer(exchange, invocation)
        self._function.invoke(invocation, answer)
        await answer.answered.wait()

    def _answer(self, exchange: Exchange, invocation: Invocation) -> UrlResponse:
        cors = self._cors_headers(exchange.request)
        if self._configuration.invoke_mode == "RESPONSE_STREAM":
            return StreamedUrlResponse(exchange, invocation, self._log, cors)
        limit = self._function.settings.limits.buffered
        return BufferedUrlResponse(exchange, invocation, self._log, cors, limit)

    def _cors_headers(self, request: HttpRequest) -> Headers:
        return self._configuration.cors.headers(request) if self._configuration.cors else []

    def _check(self, request: HttpRequest) -> None:
        """Whatever can be said before the body is read. Raises Rejected, with a preflight's answer, too."""
        if answer := errors.misdirected(request, self._identity):
            raise Rejected(
                answer, f"403: {request.method} {request.header('host')} is of no function URL here"
            )
        if self._configuration.cors and (answer := self._configuration.cors.preflight(request)):
            raise Rejected(answer)
        if self._configuration.auth_type == "AWS_IAM" and not sigv4.is_signed(request):
            raise Rejected(errors.forbidden(), "403: AuthType is AWS_IAM, and the request is not signed")

    async def _invocation(self, exchange: Exchange) -> Invocation:
        limit = self._function.settings.limits.request
        body = await read_body(exchange, limit)
        if body is None:
            raise _too_large(limit)
        caller = self._caller(exchange.request, body)
        request_id, epoch_ms = str(uuid.uuid4()), time.time_ns() // 1_000_000
        root = trace_root(exchange.request.header("x-amzn-trace-id"), epoch_ms)
        event = url_event(
            exchange.request,
            body,
            self._identity,
            request_id=request_id,
            trace_id=root,
            epoch_ms=epoch_ms,
            caller=caller,
        )
        if len(event) > limit:
            raise _too_large(limit)
        trace_id = root if "Parent=" in root else f"{root};Parent={secrets.token_hex(8)};Sampled=0"
        return Invocation(request_id, event, trace_id)

    def _caller(self, request: HttpRequest, body: bytes) -> Caller | None:
        """Who has signed the request; nobody needs to where AuthType is NONE. Raises Rejected."""
        if self._configuration.auth_type != "AWS_IAM":
            return None
        try:
            known = self._function.settings.credentials
            return sigv4.verify(request, body, known, datetime.now(UTC)).identity
        except sigv4.SignatureRejected as error:
            answer = errors.signature_refused(error.error_type, str(error))
            raise Rejected(answer, f"403: {error.error_type}: {error.hint}") from error

    async def _admit(self) -> None:
        try:
            await self._function.admit()
        except Throttled as error:
            raise Rejected(errors.throttled(str(error))) from error

    def _refuse(self, exchange: Exchange, refused: Rejected) -> None:
        if refused.reason:
            self._log.warning(f"the client got {refused.reason}")
        answer = refused.answer
        headers = errors.headers(answer, formatdate(usegmt=True), str(uuid.uuid4()))
        exchange.respond(answer.status, headers, answer.body)


def _too_large(limit: int) -> Rejected:
    reason = f"413: the request is over {limit} bytes (a body in base64 counts as such)"
    return Rejected(errors.too_large(limit), reason)


async def read_body(exchange: Exchange, limit: int = MAX_REQUEST_BYTES) -> bytes | None:
    """The whole body; None as soon as it is too large."""
    length = exchange.request.header("content-length")
    if length is not None and int(length) > limit:
        return None
    body = bytearray()
    while data := await exchange.read():
        body += data
        if len(body) > limit:
            return None
    return bytes(body)


def trace_root(sent: str | None, epoch_ms: int) -> str:
    """The trace that the client sent, or a new one.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """
    return sent if sent and "Root=" in sent else f"Root=1-{epoch_ms // 1000:08x}-{secrets.token_hex(12)}"
