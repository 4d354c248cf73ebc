"""Serve invocations: get one, call the handler, bring its response or its error to Lambda, then the next.

The order is the Runtime API's: no /error after the head of a response, no /next before the answer to it.
"""

from __future__ import annotations

import os
import time

from lambda_streaming import handlers, log
from lambda_streaming.errors import error_document, trailers, xray_cause
from lambda_streaming.gathering import Flusher
from lambda_streaming.invocation import LambdaContext
from lambda_streaming.marshal_response import marshal, to_json
from lambda_streaming.response_stream import STREAMING, ResponseStream
from lambda_streaming.runtime_client import RuntimeApiError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming.event_loop import EventLoop
    from lambda_streaming.invocation import Invocation
    from lambda_streaming.runtime_client import RuntimeClient


class InvocationLoop:
    """Serve the invocations of one execution environment with ``handler``."""

    def __init__(self, client: RuntimeClient, handler: Callable[..., Any], loop: EventLoop) -> None:
        self._client = client
        self._handler = handler
        self._event_loop = loop
        self._flusher = Flusher()
        self._answer = self._stream if handlers.is_streaming(handler) else self._buffer

    def run(self) -> None:
        """Serve for ever. Raises RuntimeApiError when the Runtime API is lost."""
        while True:
            self.serve(self._client.next())

    def serve(self, invocation: Invocation) -> None:
        """Serve one invocation. Raises RuntimeApiError or OSError where its response cannot be sent."""
        log.state.request_id = invocation.request_id
        log.state.tenant_id = invocation.tenant_id
        if invocation.trace_id:
            os.environ["_X_AMZN_TRACE_ID"] = invocation.trace_id
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        self._answer(invocation)

    def _stream(self, invocation: Invocation) -> None:
        def head(content_type: str) -> bytes:
            return self._client.requests.streaming_head(invocation, content_type)

        stream = ResponseStream(self._client, head, self._flusher)
        try:
            context = _context(invocation)
            handlers.call_streaming(self._handler, invocation.event(), stream, context, self._event_loop)
        except Exception as error:
            if stream.abandon():
                self._post_error(invocation, error)
                return
            self._fail(stream, error, invocation.request_id)
        self._finish(stream.broken)

    def _buffer(self, invocation: Invocation) -> None:
        try:
            context = _context(invocation)
            content_type, body = marshal(self._handler(invocation.event(), context))
        except Exception as error:
            self._post_error(invocation, error)
            return
        self._check(*self._client.exchange(self._client.requests.response(invocation, content_type, body)))

    def _post_error(self, invocation: Invocation, error: Exception) -> None:
        document = error_document(error, invocation.request_id)
        log.error(document)
        body = to_json(document).encode("utf-8", "backslashreplace")
        request = self._client.requests.error(invocation, document["errorType"], body, xray_cause(error))
        self._check(*self._client.exchange(request))

    def _fail(self, stream: ResponseStream, error: Exception, request_id: str) -> None:
        """Log an error that came after the first byte; send it in the trailers if those are still to come."""
        if stream.broken is not None and isinstance(error, OSError):
            return
        if stream.broken is not None and isinstance(error.__context__, OSError):
            # A framework's own word for the same, such as Starlette's ClientDisconnect.
            log.warning(f"The closed response stream ended the handler with {type(error).__name__}: {error}")
            return
        document = error_document(error, request_id)
        log.error(document)
        if stream.state is STREAMING:
            stream.fail(trailers(document))

    def _finish(self, broken: BaseException | None) -> None:
        """Read the answer to a streamed response. Where none comes, /next tells whether the API is lost."""
        if broken is None:
            try:
                answer = self._client.read_answer()
            except (OSError, RuntimeApiError) as error:
                broken = error
            else:
                self._check(*answer)
                return
        self._give_up(broken)

    def _give_up(self, broken: BaseException) -> None:
        """Go on after a response that could not be sent to its end: timeout, reset, or over a limit."""
        try:
            answer = self._client.read_answer() if isinstance(broken, OSError) else None
        except (OSError, RuntimeApiError):
            answer = None
        self._client.close()
        if answer is None:
            log.warning(f"The response stream was cut before its end: {broken}")
        else:
            self._check(*answer)

    def _check(self, status: int, text: str) -> None:
        """Look at the answer to a response: what Lambda refuses is logged, and the environment goes on."""
        if status < 300:
            return
        if status >= 500:
            raise RuntimeApiError(f"the Runtime API answered {status} to a response: {text}")
        if status == 413:
            message = f"Lambda refused the response as too large: {text}"
            log.error(
                {
                    "errorMessage": message,
                    "errorType": "Function.ResponseSizeTooLarge",
                    "requestId": log.state.request_id,
                    "stackTrace": [],
                }
            )
        else:
            log.warning(f"Lambda refused the response with {status}: {text}")


def _context(invocation: Invocation) -> LambdaContext:
    return LambdaContext(invocation, os.environ, time.time, log.from_context)
