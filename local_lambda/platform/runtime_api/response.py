"""How the Runtime API takes what a runtime posts for an invocation: its response, or its error.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, "Implementing response streaming"
"""

from dataclasses import dataclass

from local_lambda.http.exchange import Exchange, RequestTruncated
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import Limits
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead, ResponseReceiver
from local_lambda.platform.rate_limit import copy_limited
from local_lambda.platform.runtime_api.replies import accepted, read_all, reject
from local_lambda.platform.runtime_api.states import INVALID_RESPONSE_MODE, TRUNCATED, Rejection, too_large
from local_lambda.platform.runtime_api.trailers import ERROR_TYPE, declared, error_in

_RESPONSE_MODE = "lambda-runtime-function-response-mode"
_UNSAID = "where the caller does not stream, they count with Lambda-Runtime-Function-Response-Mode: streaming"


@dataclass(kw_only=True)
class Current:
    """An invocation that a runtime has, or is about to get."""

    invocation: Invocation
    deadline_ms: int
    receiver: ResponseReceiver
    error: FunctionError | None = None
    ended: bool = False

    def end(self, error: FunctionError | None) -> None:
        """End the response, unless it has ended."""
        if not self.ended:
            self.ended, self.error = True, error
            self.receiver.end(error)


class ResponseTaker:
    """Passes a runtime's posts on to the callers of invocations, within the limits."""

    def __init__(self, log: FunctionLog, limits: Limits) -> None:
        self._log = log
        self._limits = limits

    async def response(self, exchange: Exchange, current: Current) -> bool:
        """Take a response; return False when its mode was not valid, so that it counts as none."""
        mode = exchange.request.header(_RESPONSE_MODE)
        if mode not in (None, "streaming"):
            message = f"expected the response mode streaming, read {mode}"
            current.end(FunctionError.of("Runtime.InvalidResponseModeHeader", message))
            reject(exchange, INVALID_RESPONSE_MODE)
            return False
        try:
            passed_on = self._streamed if current.invocation.streaming else self._collected
            rejection = await passed_on(exchange, current)
        except RequestTruncated:
            current.end(FunctionError.of("Runtime.TruncatedResponse", TRUNCATED.message))
            rejection = TRUNCATED
        if rejection:
            reject(exchange, rejection)
        else:
            accepted(exchange)
        return True

    async def error(self, exchange: Exchange, current: Current) -> None:
        """Take an error."""
        try:
            body = await read_all(exchange)
        except RequestTruncated:
            body = b""
        current.end(posted_error(exchange, body))
        accepted(exchange)

    async def _streamed(self, exchange: Exchange, current: Current) -> Rejection | None:
        # Whatever the runtime says of itself: in AWS's own source (directinvoke.go) the invocation decides.
        await current.receiver.start(_head(exchange))
        if await copy_limited(exchange, current.receiver, self._limits):
            # The rest of the POST is read all the same: a runtime that still writes would not see a 413.
            current.end(FunctionError.response_too_large(self._limits.streamed))
            await read_all(exchange, limit=0)
            return too_large(self._limits.streamed)
        current.end(self._error_in_trailers(exchange))
        return None

    def _error_in_trailers(self, exchange: Exchange) -> FunctionError | None:
        trailers, dropped = declared(exchange.trailers, exchange.request.header("trailer"))
        for name in dropped:
            self._log.warning(f"the trailer {name} was dropped, as on AWS: the Trailer header has to name it")
        return error_in(trailers)

    async def _collected(self, exchange: Exchange, current: Current) -> Rejection | None:
        # Collected first, so that a cut or oversized response is an error and not half a response.
        limit = self._limits.buffered
        body = await read_all(exchange, limit)
        if len(body) > limit:
            current.end(FunctionError.response_too_large(limit))
            return too_large(limit)
        head, error = _head(exchange), self._error_in_trailers(exchange)
        if error is not None and not head.streaming:
            self._log.warning(f"the error in the trailers was dropped, as on AWS: {_UNSAID} ({error})")
            error = None
        await current.receiver.start(head)
        await current.receiver.write(body)
        current.end(error)
        return None


def posted_error(exchange: Exchange, body: bytes) -> FunctionError:
    """Return the error that a runtime has posted: its type is in a header, the rest is the body."""
    return FunctionError(exchange.request.header(ERROR_TYPE) or "Runtime.Unknown", body)


def _head(exchange: Exchange) -> ResponseHead:
    request = exchange.request
    return ResponseHead(request.header(_RESPONSE_MODE) is not None, request.header("content-type"))
