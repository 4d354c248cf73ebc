"""A function URL: request → event → invocation → answer.

https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
"""

import secrets
import time
import uuid

from local_lambda import response
from local_lambda.configuration import FunctionUrlConfig
from local_lambda.event import UrlIdentity, url_event
from local_lambda.function import Function
from local_lambda.http_server import Exchange
from local_lambda.invocation import MAX_REQUEST_BYTES, Invocation
from local_lambda.log import FunctionLog
from local_lambda.url_response import BufferedUrlResponse, StreamedUrlResponse


class FunctionUrl:
    """Answers the requests to one function's URL."""

    def __init__(
        self, function: Function, configuration: FunctionUrlConfig, identity: UrlIdentity, log: FunctionLog
    ) -> None:
        self._function = function
        self._identity = identity
        self._log = log
        streamed = configuration.invoke_mode == "RESPONSE_STREAM"
        self._response_type = StreamedUrlResponse if streamed else BufferedUrlResponse

    async def handle(self, exchange: Exchange) -> None:
        """Serve one request; returns when the client has its answer."""
        body = await read_body(exchange)
        invocation = self._invocation(exchange, body) if body is not None else None
        if invocation is None or len(invocation.event) > MAX_REQUEST_BYTES:
            self._refuse_too_large(exchange)
            return
        answer = self._response_type(exchange, invocation, self._log)
        self._function.invoke(invocation, answer)
        await answer.answered.wait()

    def _invocation(self, exchange: Exchange, body: bytes) -> Invocation:
        request_id, epoch_ms = str(uuid.uuid4()), time.time_ns() // 1_000_000
        root = trace_root(exchange.request.header("x-amzn-trace-id"), epoch_ms)
        event = url_event(
            exchange.request, body, self._identity, request_id=request_id, trace_id=root, epoch_ms=epoch_ms
        )
        trace_id = root if "Parent=" in root else f"{root};Parent={secrets.token_hex(8)};Sampled=0"
        return Invocation(request_id, event, trace_id)

    def _refuse_too_large(self, exchange: Exchange) -> None:
        self._log.warning(
            f"a request over {MAX_REQUEST_BYTES} bytes (a body in base64 counts as such) got 413"
        )
        answer = response.too_large()
        exchange.respond(answer.status, [*answer.headers, *response.content_length(answer)], answer.body)


async def read_body(exchange: Exchange) -> bytes | None:
    """The whole body; None as soon as it is too large."""
    length = exchange.request.header("content-length")
    if length is not None and int(length) > MAX_REQUEST_BYTES:
        return None
    body = bytearray()
    while data := await exchange.read():
        body += data
        if len(body) > MAX_REQUEST_BYTES:
            return None
    return bytes(body)


def trace_root(sent: str | None, epoch_ms: int) -> str:
    """The trace that the client sent, or a new one.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """
    return sent if sent and "Root=" in sent else f"Root=1-{epoch_ms // 1000:08x}-{secrets.token_hex(12)}"
