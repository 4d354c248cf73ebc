"""How a response reaches the client of a RESPONSE_STREAM URL: as it is written.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
"""

import json
from collections.abc import Sequence

from local_lambda.endpoints import response
from local_lambda.endpoints.function_url import result
from local_lambda.endpoints.function_url.response import UrlResponse
from local_lambda.endpoints.prelude import INTEGRATION_CONTENT_TYPE, Prelude, PreludeDecoder, PreludeError
from local_lambda.http.message import HttpResponse
from local_lambda.http.server import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import TIMED_OUT, FunctionError, Invocation, ResponseHead


class StreamedUrlResponse(UrlResponse):
    """RESPONSE_STREAM: bytes go out as they come."""

    def __init__(
        self,
        exchange: Exchange,
        invocation: Invocation,
        log: FunctionLog,
        cors: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(exchange, invocation, log, cors)
        self._head = ResponseHead(True, None)
        self._decoder: PreludeDecoder | None = None
        self._begun = False
        self._sent = 0
        self._written = 0
        self._opened = False

    async def start(self, head: ResponseHead) -> None:
        """The client is told nothing yet: until the first byte an error can still be a 502."""
        self._head, self._opened = head, head.streaming
        if head.content_type == INTEGRATION_CONTENT_TYPE:
            self._decoder = PreludeDecoder()

    async def write(self, data: bytes) -> None:
        """Pass the bytes on; once the client is served or gone, do away with them."""
        self._opened = True
        body = data if self.answered.is_set() else self._decoded(data)
        self._written += len(body or b"")
        if body is None or self.answered.is_set():
            return
        if not self._begun:
            self._begin(result.without_prelude(self._head.content_type))
            self._warn_of_raw_result(body)
        await self._send(body)

    def end(self, error: FunctionError | None) -> None:
        """Complete the answer, or cut it where it stands."""
        if error is not None and error.type == TIMED_OUT:
            self._warn_of_timeout()
        elif error is None and self._begun and self._decoder is not None and not self._written:
            self._warn_of_empty_body()
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
        return result.from_prelude(prelude)

    def _answer_invalid_prelude(self, error: PreludeError) -> None:
        self._answer_failure(f"the prelude is not valid: {error}")

    def _begin(self, head: HttpResponse) -> None:
        self._begun = True
        self._warn_of_headers(head.headers)
        self._exchange.start(head.status, self._whole_headers(head.headers))
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
        if self._decoder is not None:
            self._log.warning("the stream ended without a byte, its prelude included: the client got 200")
        # As Node's HttpResponseStream.from without a write (seen on AWS).
        content_type = None if self._decoder is not None else self._head.content_type
        self._begin(result.without_prelude(content_type))
        if not self.answered.is_set():
            self._end_begun(None)

    def _warn_of_timeout(self) -> None:
        """Node's streams have to be ended; not to do so is no error, but takes until the timeout."""
        if self._opened:
            self._log.warning("the response stream was still open at the timeout: does the handler end it?")
        else:
            self._log.warning("nothing had been written at the timeout, nor had a response stream been ended")

    def _warn_of_empty_body(self) -> None:
        self._log.warning(
            "the prelude had no body: on AWS the client may wait until the function ends, or longer; "
            "write a byte where the status allows one"
        )

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
