"""How a response reaches the client: as it is written (RESPONSE_STREAM) or in one piece (BUFFERED).

https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
"""

import asyncio
import json
from email.utils import formatdate

from local_lambda import response
from local_lambda.http_message import Headers, HttpResponse
from local_lambda.http_server import Exchange
from local_lambda.invocation import MAX_RESPONSE_BYTES, FunctionError, Invocation, ResponseHead
from local_lambda.log import FunctionLog
from local_lambda.prelude import (
    DOCUMENTED_LIMIT,
    INTEGRATION_CONTENT_TYPE,
    Prelude,
    PreludeDecoder,
    PreludeError,
)


class _UrlResponse:
    """What both modes share: the client, and the headers that the platform adds."""

    def __init__(self, exchange: Exchange, invocation: Invocation, log: FunctionLog) -> None:
        self._exchange = exchange
        self._invocation = invocation
        self._log = log
        self.answered = asyncio.Event()
        """Nothing more is going to be sent: the connection is free for the next request."""

    def _platform_headers(self) -> Headers:
        date = formatdate(usegmt=True)
        return response.platform_headers(date, self._invocation.request_id, self._invocation.trace_id)

    def _answer(self, answer: HttpResponse) -> None:
        headers = [*self._platform_headers(), *answer.headers, *response.content_length(answer)]
        self._exchange.respond(answer.status, [*headers, ("Connection", "keep-alive")], answer.body)
        self.answered.set()

    def _answer_failure(self, error: FunctionError | str) -> None:
        self._log.warning(f"the client got 502 Internal Server Error: {error}")
        self._answer(response.bad_gateway())

    def _answer_invalid(self, error: response.InvalidResult) -> None:
        self._log.warning(f"the client got 500: {error}")
        self._answer(response.invalid_result())

    def _warn_of_headers(self, headers: Headers) -> None:
        for name in response.remapped(headers):
            self._log.warning(f"the header {name} reaches the client as x-amzn-Remapped-{name}, as on AWS")

    def _warn_of_prelude(self, prelude: Prelude) -> None:
        for key in prelude.ignored:
            self._log.warning(f"the prelude's key {key!r} has no effect on a function URL")
        if prelude.size > DOCUMENTED_LIMIT:
            self._log.warning(f"the prelude has {prelude.size} bytes; API Gateway takes {DOCUMENTED_LIMIT}")


class StreamedUrlResponse(_UrlResponse):
    """RESPONSE_STREAM: bytes go out as they come."""

    def __init__(self, exchange: Exchange, invocation: Invocation, log: FunctionLog) -> None:
        super().__init__(exchange, invocation, log)
        self._head = ResponseHead(True, None)
        self._decoder: PreludeDecoder | None = None
        self._begun = False
        self._sent = 0

    async def start(self, head: ResponseHead) -> None:
        """The client is told nothing yet: until the first byte an error can still be a 502."""
        self._head = head
        if head.content_type == INTEGRATION_CONTENT_TYPE:
            self._decoder = PreludeDecoder()

    async def write(self, data: bytes) -> None:
        """Pass the bytes on; once the client is served or gone, do away with them."""
        if self.answered.is_set():
            return
        body = self._decoded(data)
        if body is None or self.answered.is_set():
            return
        if not self._begun:
            self._begin(response.without_prelude(self._head.content_type))
            self._warn_of_raw_result(body)
        await self._send(body)

    def end(self, error: FunctionError | None) -> None:
        """Complete the answer, or cut it where it stands."""
        if self.answered.is_set():
            return
        if self._begun:
            self._end_begun(error)
        elif error is not None:
            self._answer_failure(error)
        else:
            self._end_empty()

    def _decoded(self, data: bytes) -> bytes | None:
        """The body in a piece of the stream; None while the prelude is not complete."""
        if self._decoder is None or self._begun:
            return data
        try:
            body = self._decoder.feed(data)
            if self._decoder.prelude is None:
                return None
            self._begin(self._head_of(self._decoder.prelude))
        except PreludeError as error:
            self._answer_invalid_prelude(error)
            return None
        except response.InvalidResult as error:
            self._answer_invalid(error)
            return None
        return body

    def _head_of(self, prelude: Prelude) -> HttpResponse:
        self._warn_of_prelude(prelude)
        return response.from_prelude(prelude)

    def _answer_invalid_prelude(self, error: PreludeError) -> None:
        self._answer_failure(f"the prelude is not valid: {error}")

    def _begin(self, head: HttpResponse) -> None:
        self._begun = True
        self._warn_of_headers(head.headers)
        self._exchange.start(
            head.status, [*self._platform_headers(), *head.headers, ("Connection", "keep-alive")]
        )
        if self._exchange.bodyless:
            # 204, 304 and HEAD are complete with their head; the function may go on as long as it likes.
            self._exchange.finish()
            self.answered.set()

    async def _send(self, body: bytes) -> None:
        try:
            await self._exchange.write(body)
            self._sent += len(body)
        except OSError:
            self._log.warning(f"the client left after {self._sent} bytes; the function runs on, as on AWS")
            self.answered.set()

    def _end_begun(self, error: FunctionError | None) -> None:
        if error is None:
            self._exchange.finish()
        else:
            self._log.warning(f"the answer was cut after {self._sent} bytes: {error}")
            self._exchange.cut()
        self.answered.set()

    def _end_empty(self) -> None:
        try:
            if self._decoder is not None:
                self._decoder.finish()
        except PreludeError as error:
            self._answer_invalid_prelude(error)
            return
        # A stream that ends before its prelude, as Node's without a write, is a 200 (seen on AWS).
        content_type = None if self._decoder is not None else self._head.content_type
        self._begin(response.without_prelude(content_type))
        if not self.answered.is_set():
            self._end_begun(None)

    def _warn_of_raw_result(self, body: bytes) -> None:
        if self._head.streaming or not body.startswith(b"{"):
            return
        try:
            result = json.loads(body)
        except (ValueError, RecursionError):
            return
        if "statusCode" in result:
            self._log.warning(
                "the client got JSON with a statusCode in it: a RESPONSE_STREAM URL does not interpret it"
            )


class BufferedUrlResponse(_UrlResponse):
    """BUFFERED: the whole result is interpreted; a stream is collected first and its prelude applied."""

    def __init__(self, exchange: Exchange, invocation: Invocation, log: FunctionLog) -> None:
        super().__init__(exchange, invocation, log)
        self._content_type: str | None = None
        self._body = bytearray()

    async def start(self, head: ResponseHead) -> None:
        """Remember how the body is to be read."""
        self._content_type = head.content_type

    async def write(self, data: bytes) -> None:
        """Collect, no further than the first byte beyond the limit."""
        if len(self._body) <= MAX_RESPONSE_BYTES:
            self._body += data

    def end(self, error: FunctionError | None) -> None:
        """Answer."""
        if error is None and len(self._body) > MAX_RESPONSE_BYTES:
            error = FunctionError.response_too_large()
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
            return response.from_result(body, self._content_type)
        decoder = PreludeDecoder()
        body = decoder.feed(body)
        decoder.finish()
        if decoder.prelude is None:
            return response.without_prelude(None)
        self._warn_of_prelude(decoder.prelude)
        return response.from_prelude(decoder.prelude, body)
