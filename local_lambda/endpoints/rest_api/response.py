"""How a streamed response reaches the client of a REST API, and what API Gateway answers by itself.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import asyncio

from local_lambda.endpoints import response
from local_lambda.endpoints.prelude import DOCUMENTED_LIMIT, Prelude, PreludeDecoder, PreludeError
from local_lambda.endpoints.streaming import StreamedUrlResponse
from local_lambda.http.message import BODYLESS_STATUSES, Headers, HttpResponse
from local_lambda.http.server import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead

# https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html, in seconds.
_IDLE_SECONDS = {"EDGE": 30.0}
_DEFAULT_IDLE_SECONDS = 300.0


def idle_seconds(endpoint_type: str) -> float:
    """How long nothing may come from the function before the connection is closed."""
    return _IDLE_SECONDS.get(endpoint_type, _DEFAULT_IDLE_SECONDS)


def message(status: int, text: str, error_type: str) -> HttpResponse:
    """An answer of API Gateway's own."""
    headers = [("Content-Type", response.JSON), ("x-amzn-ErrorType", error_type)]
    return HttpResponse(status, headers, response.compact({"message": text}))


def head_of(prelude: Prelude) -> HttpResponse:
    """The status and headers of a prelude as API Gateway reads it. Raises InvalidResult."""
    if unknown := [key for key in prelude.ignored if key != "multiValueHeaders"]:
        raise response.InvalidResult(f"API Gateway takes no prelude with {', '.join(unknown)} in it")
    multiple = prelude.multi_value_headers or {}
    if not isinstance(multiple, dict) or not all(isinstance(values, list) for values in multiple.values()):
        raise response.InvalidResult("multiValueHeaders must be an object of lists")
    won = {name.lower() for name in multiple}
    pairs = [(name, value) for name, value in prelude.headers.items() if name.lower() not in won]
    pairs += [(name, value) for name, values in multiple.items() for value in values]
    pairs += [("Set-Cookie", cookie) for cookie in prelude.cookies]
    if all(name.lower() != "content-type" for name, _ in pairs):
        # As in a buffered proxy integration; for a stream it is not documented.
        pairs.insert(0, ("Content-Type", response.JSON))
    status = response.status_of(prelude.status)
    return HttpResponse(status, [field for pair in pairs for field in _fields(status, *pair)])


def _fields(status: int, name: str, value: object) -> Headers:
    if name.lower() in response.PLATFORM_HEADERS or name.lower() == "transfer-encoding":
        return []  # the body is chunked anyhow where it has no length
    if name.lower() != "content-length":
        return [response.header(name, value)]
    if not str(value).isdecimal():
        raise response.InvalidResult(f"{value!r} cannot be the value of the header {name!r}")
    return [] if status in BODYLESS_STATUSES else [("Content-Length", str(value))]


class RestApiResponse(StreamedUrlResponse):
    """The stream begins with its prelude, whatever its content type; what does not conform is a 500."""

    def __init__(
        self, exchange: Exchange, invocation: Invocation, log: FunctionLog, request_id: str, idle: float
    ) -> None:
        super().__init__(exchange, invocation, log)
        self._decoder = PreludeDecoder(DOCUMENTED_LIMIT)
        self._request_id = request_id
        self._length: int | None = None
        self._idle = idle
        self._timer: asyncio.TimerHandle | None = None
        self._wait()

    async def start(self, head: ResponseHead) -> None:
        """Nothing leaves before metadata and delimiter are there."""

    async def write(self, data: bytes) -> None:
        """Pass the bytes on; a slow client does not make the function an idle one."""
        self.close()
        await super().write(data)
        self._wait()

    def close(self) -> None:
        """Stop watching for a function that has fallen silent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        if not self.answered.is_set():
            self._timer = asyncio.get_running_loop().call_later(self._idle, self._give_up)

    def _give_up(self) -> None:
        if self.answered.is_set():
            return
        self._log.warning(f"the client was left after {self._idle:g} idle seconds; the function runs on")
        if self._begun:
            self._exchange.cut()
            self.answered.set()
        else:
            self._answer(message(504, "Endpoint request timed out", "InternalServerErrorException"))

    def _platform_headers(self) -> Headers:
        headers = super()._platform_headers()
        return [(name, self._request_id if name == "x-amzn-RequestId" else value) for name, value in headers]

    def _head_of(self, prelude: Prelude) -> HttpResponse:
        head = head_of(prelude)
        lengths = [int(value) for name, value in head.headers if name == "Content-Length"]
        self._length = lengths[0] if lengths else None
        return head

    def _answer_failure(self, error: FunctionError | str) -> None:
        # The status of a buffered proxy integration; for a stream it is not documented.
        self._log.warning(f"the client got 502: {error}")
        self._answer(message(502, "Internal server error", "InternalServerErrorException"))

    def _answer_invalid(self, error: response.InvalidResult) -> None:
        self._refuse(str(error))

    def _answer_invalid_prelude(self, error: PreludeError) -> None:
        self._refuse(f"the prelude is not valid: {error}")

    def _warn_of_empty_body(self) -> None:
        """API Gateway passes it on."""

    def _end_empty(self) -> None:
        self._refuse("the stream ended without metadata and eight NUL bytes")

    def _refuse(self, why: str) -> None:
        self._log.warning(f"the client got 500: {why}")
        self._answer(message(500, "Internal server error", "InternalServerErrorException"))

    async def _send(self, body: bytes) -> None:
        if self._length is not None and self._sent + len(body) > self._length:
            self._cut_for_length(self._sent + len(body))
        else:
            await super()._send(body)

    def _end_begun(self, error: FunctionError | None) -> None:
        if error is None and self._length is not None and self._sent != self._length:
            self._cut_for_length(self._sent)
        else:
            super()._end_begun(error)

    def _cut_for_length(self, size: int) -> None:
        self._log.warning(f"the answer was cut: a Content-Length of {self._length}, a body of {size} bytes")
        self._exchange.cut()
        self.answered.set()
