"""Streamed responses: what a decorated handler streams, or the error that it raises.

| form of the handler | what is streamed |
|---|---|
| ``def`` or ``async def`` ``(event, response_stream, context)`` | what it writes |
| generator or async generator ``(event, context)`` | what it yields, first the metadata if it likes |
| ``def`` or ``async def`` ``(event, context)`` that returns | what it returns |
"""

from __future__ import annotations

from lambda_streaming import _decorator, _log
from lambda_streaming._error_report import check_reply, make_context, post_error
from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._http_response_stream import HttpResponseStream
from lambda_streaming._pipeline import write_all, write_all_async
from lambda_streaming._response_sender import STREAMING
from lambda_streaming._response_stream import ResponseStream
from lambda_streaming._write_batching import BatchFlusher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._context import LambdaContext
    from lambda_streaming._event_loop import EventLoop
    from lambda_streaming._invocation import Invocation
    from lambda_streaming._runtime_client import RuntimeClient


class StreamedInvocation:
    """Call ``handler``, and bring what it streams to Lambda."""

    def __init__(self, client: RuntimeClient, handler: Callable[..., Any], loop: EventLoop) -> None:
        self._client = client
        self._handler = handler
        self._event_loop = loop
        self._flusher = BatchFlusher()

    def __call__(self, invocation: Invocation) -> None:
        """Serve one invocation. Raises RuntimeApiError when the Runtime API is lost."""

        def head(content_type: str) -> bytes:
            return self._client.requests.streaming_head(invocation, content_type)

        stream = ResponseStream(self._client, head, self._flusher)
        try:
            context = make_context(invocation)
            call_handler(self._handler, invocation.event(), stream, context, self._event_loop)
        except Exception as error:
            if stream.abandon():
                post_error(self._client, invocation, error)
                return
            self._fail(stream, error, invocation.request_id)
        self._finish(stream.broken)

    def _fail(self, stream: ResponseStream, error: Exception, request_id: str) -> None:
        """Log an error that came after the first byte; send it in the trailers if those are still to come."""
        if stream.broken is not None and isinstance(error, OSError):
            return
        if stream.broken is not None and isinstance(error.__context__, OSError):
            # A framework's own word for the same, such as Starlette's ClientDisconnect.
            _log.warning(f"The closed response stream ended the handler with {type(error).__name__}: {error}")
            return
        from lambda_streaming._error_document import error_document, trailers

        document = error_document(error, request_id)
        _log.error(document)
        if stream.state is STREAMING:
            stream.fail(trailers(document))

    def _finish(self, broken: BaseException | None) -> None:
        """Read the reply to a streamed response. Where none comes, /next tells whether the API is lost."""
        if broken is None:
            try:
                reply = self._client.read_reply()
            except (OSError, RuntimeApiError) as error:
                broken = error
            else:
                check_reply(*reply)
                return
        self._give_up(broken)

    def _give_up(self, broken: BaseException) -> None:
        """Go on after a response that could not be sent to its end: timeout, reset, or over a limit."""
        try:
            reply = self._client.read_reply() if isinstance(broken, OSError) else None
        except (OSError, RuntimeApiError):
            reply = None
        self._client.close()
        if reply is None:
            _log.warning(f"The response stream was cut before its end: {broken}")
        else:
            check_reply(*reply)


def call_handler(
    handler: Callable[..., Any], event: Any, stream: ResponseStream, context: LambdaContext, loop: EventLoop
) -> None:
    """Call a decorated handler, bring what it produces to ``stream``, and end that."""
    if _decorator.argument_count(handler) == 3:
        result = handler(event, stream, context)
        if hasattr(result, "__await__"):
            result = loop.run(result)
        if result is not None:
            _log.warning("Streaming handlers ignore return values.")
    else:
        result = handler(event, context)
        if hasattr(result, "__await__"):
            result = loop.run(result)
        _stream_result(result, stream, loop)
    stream.end()


def _stream_result(result: Any, stream: ResponseStream, loop: EventLoop) -> None:
    def write(item: Any) -> None:
        if isinstance(item, dict):
            HttpResponseStream.from_(stream, item)
        else:
            stream.write(item)

    if isinstance(result, (dict, str)):
        from lambda_streaming import _function_url_response

        _function_url_response.send(result, stream)
    elif hasattr(result, "__aiter__"):
        loop.run(write_all_async(result, write))
    elif hasattr(result, "__next__"):  # a generator; or a file, which is copied rather than read by lines
        write_all(result, stream, write)
    else:
        write_all(result, stream, stream.write)
