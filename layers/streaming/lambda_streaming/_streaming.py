"""Answer invocations with a stream: what a decorated handler does, or the error that it raises."""

from __future__ import annotations

from lambda_streaming import _log
from lambda_streaming._error_report import check_reply, make_context, post_error
from lambda_streaming._exceptions import error_document, trailers
from lambda_streaming._response_stream import STREAMING, ResponseStream
from lambda_streaming._runtime_client import RuntimeApiError
from lambda_streaming._streaming_call import call_streaming
from lambda_streaming._write_batching import BatchFlusher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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
            call_streaming(self._handler, invocation.event(), stream, context, self._event_loop)
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
        document = error_document(error, request_id)
        _log.error(document)
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
                check_reply(*answer)
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
            _log.warning(f"The response stream was cut before its end: {broken}")
        else:
            check_reply(*answer)
