"""How a response reaches the client of a function URL, and how a BUFFERED one does: in one piece.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

import asyncio
from collections.abc import Sequence
from email.utils import formatdate

from local_lambda.endpoints import response
from local_lambda.endpoints.function_url import result
from local_lambda.endpoints.function_url.cors import doubled
from local_lambda.endpoints.prelude import (
    DOCUMENTED_LIMIT,
    INTEGRATION_CONTENT_TYPE,
    Prelude,
    PreludeDecoder,
    PreludeError,
)
from local_lambda.http.message import Headers, HttpResponse
from local_lambda.http.server import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead


class UrlResponse:
    """What both modes share: the client, and the headers that the platform adds."""

    def __init__(
        self,
        exchange: Exchange,
        invocation: Invocation,
        log: FunctionLog,
        cors: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._exchange = exchange
        self._invocation = invocation
        self._log = log
        self._cors = list(cors)
        self.answered = asyncio.Event()
        """Nothing more is going to be sent: the connection is free for the next request."""

    async def start(self, head: ResponseHead) -> None:
        """The runtime has begun to answer."""
        raise NotImplementedError

    async def write(self, data: bytes) -> None:
        """Some bytes of the answer."""
        raise NotImplementedError

    def end(self, error: FunctionError | None) -> None:
        """The answer is complete, or will never be."""
        raise NotImplementedError

    def _platform_headers(self) -> Headers:
        date = formatdate(usegmt=True)
        return result.platform_headers(date, self._invocation.request_id, self._invocation.trace_id)

    def _whole_headers(self, headers: Headers) -> Headers:
        """In AWS's order: the configured CORS headers stand beside the function's own."""
        date, *identity = self._platform_headers()
        return [date, *self._cors, *headers, ("Connection", "keep-alive"), *identity]

    def _answer(self, answer: HttpResponse) -> None:
        headers = self._whole_headers([*answer.headers, *response.content_length(answer)])
        self._exchange.respond(answer.status, headers, answer.body)
        self.answered.set()

    def _answer_failure(self, error: FunctionError | str) -> None:
        self._log.warning(f"the client got 502 Internal Server Error: {error}")
        self._answer(result.bad_gateway())

    def _answer_invalid(self, error: response.InvalidResult) -> None:
        self._log.warning(f"the client got 500: {error}")
        self._answer(result.invalid_result())

    def _warn_of_headers(self, headers: Headers) -> None:
        for name in response.remapped(headers):
            self._log.warning(f"the header {name} reaches the client as x-amzn-Remapped-{name}, as on AWS")
        for name in doubled(self._cors, headers):
            self._log.warning(
                f"the client got {name} twice, of the URL's Cors and of the function: browsers refuse that"
            )

    def _warn_of_prelude(self, prelude: Prelude) -> None:
        for key in prelude.ignored:
            self._log.warning(f"the prelude's key {key!r} has no effect on a function URL")
        if prelude.size > DOCUMENTED_LIMIT:
            self._log.warning(f"the prelude has {prelude.size} bytes; API Gateway takes {DOCUMENTED_LIMIT}")


class BufferedUrlResponse(UrlResponse):
    """BUFFERED: the whole result is interpreted; a stream is collected first and its prelude applied."""

    def __init__(
        self, exchange: Exchange, invocation: Invocation, log: FunctionLog, cors: Headers, limit: int
    ) -> None:
        super().__init__(exchange, invocation, log, cors)
        self._limit = limit
        self._content_type: str | None = None
        self._body = bytearray()

    async def start(self, head: ResponseHead) -> None:
        """Remember how the body is to be read."""
        self._content_type = head.content_type

    async def write(self, data: bytes) -> None:
        """Collect, no further than the first byte beyond the limit."""
        if len(self._body) <= self._limit:
            self._body += data

    def end(self, error: FunctionError | None) -> None:
        """Answer."""
        if error is None and len(self._body) > self._limit:
            error = FunctionError.response_too_large(self._limit)
        if error is not None:
            self._answer_failure(error)
            return
        try:
            answer = self._interpret(bytes(self._body))
        except PreludeError as invalid:
            self._answer_failure(f"the prelude is not valid: {invalid}")
        except response.InvalidResult as invalid:
            self._answer_invalid(invalid)
        else:
            self._warn_of_headers(answer.headers)
            self._answer(answer)

    def _interpret(self, body: bytes) -> HttpResponse:
        if self._content_type != INTEGRATION_CONTENT_TYPE:
            return result.from_result(body, self._content_type)
        decoder = PreludeDecoder()
        body = decoder.feed(body)
        decoder.finish()
        if decoder.prelude is None:
            return result.without_prelude(None)
        self._warn_of_prelude(decoder.prelude)
        return result.from_prelude(decoder.prelude, body)
