"""How a function's response reaches the callers of Invoke and of InvokeWithResponseStream.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html and API_InvokeWithResponseStream.html. A prelude
is passed on as it is: only function URLs and API Gateway interpret it.
"""

import base64

from local_lambda.endpoints import eventstream
from local_lambda.endpoints.response import JSON
from local_lambda.http.exchange import Exchange
from local_lambda.http.message import Headers
from local_lambda.platform.invocation import FunctionError, ResponseHead


class InvokeResponse:
    """Event: nobody waits for the result."""

    def __init__(self) -> None:
        self.error: FunctionError | None = None

    async def start(self, head: ResponseHead) -> None:
        """Drop it."""

    async def write(self, data: bytes) -> None:
        """Drop it."""

    def end(self, error: FunctionError | None) -> None:
        """Remember how it ended."""
        self.error = error


class BufferedInvokeResponse(InvokeResponse):
    """Invoke: the whole payload in one piece, an error's JSON in its place."""

    def __init__(self) -> None:
        super().__init__()
        self._payload = bytearray()

    async def write(self, data: bytes) -> None:
        """Collect; the Runtime API keeps to the limit."""
        self._payload += data

    def send(self, exchange: Exchange, headers: Headers, log: bytes | None) -> None:
        """Send the payload or the error, with the last of the log."""
        body = bytes(self._payload) if self.error is None else self.error.body
        headers = [*headers, ("Content-Type", JSON), ("Content-Length", str(len(body)))]
        if self.error is not None:
            headers.append(("X-Amz-Function-Error", "Unhandled"))
        if log is not None:
            headers.append(("X-Amz-Log-Result", base64.b64encode(log).decode()))
        exchange.respond(200, headers, body)


class StreamedInvokeResponse(InvokeResponse):
    """InvokeWithResponseStream: a message for each piece, as it comes."""

    def __init__(self, exchange: Exchange, headers: Headers) -> None:
        super().__init__()
        self._exchange = exchange
        self._headers = [*headers, ("Content-Type", eventstream.CONTENT_TYPE)]
        self._started = False
        self._left = False

    async def start(self, head: ResponseHead) -> None:  # noqa: ARG002 (the content type is not passed on)
        """Send the head."""
        self._begin()

    async def write(self, data: bytes) -> None:
        """Send a message, unless the caller has left: the function runs on."""
        if data:
            await self._send(eventstream.payload_chunk(data))

    async def complete(self, log: bytes | None) -> None:
        """Send the last message, which says how the invocation ended."""
        self._begin()
        code = self.error.type if self.error else None
        details = self.error.body.decode(errors="replace") if self.error else None
        result = base64.b64encode(log).decode() if log is not None else None
        await self._send(eventstream.invoke_complete(code, details, result))
        if not self._left:
            self._exchange.finish()

    def _begin(self) -> None:
        if not self._started:
            self._started = True
            self._exchange.start(200, self._headers)

    async def _send(self, message: bytes) -> None:
        if self._left:
            return
        try:
            await self._exchange.write(message)
        except OSError:
            self._left = True
