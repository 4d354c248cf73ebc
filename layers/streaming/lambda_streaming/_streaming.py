"""Streamed responses: open one, end it, or bring the error that it ends in to Lambda."""

from __future__ import annotations

from lambda_streaming import _log
from lambda_streaming._error_report import check_reply, post
from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._handler_result import warn_of
from lambda_streaming._response_sender import STREAMING
from lambda_streaming._response_stream import ResponseStream
from lambda_streaming._write_batching import BatchFlusher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambda_streaming._invocation import Invocation
    from lambda_streaming._runtime_client import RuntimeClient


class Streaming:
    """Bring the streamed responses of one execution environment to Lambda, one after the other."""

    def __init__(self, client: RuntimeClient) -> None:
        self._client = client
        self._flusher = BatchFlusher()

    def open(self, invocation: Invocation) -> ResponseStream:
        """Return the response stream of an invocation."""

        def head(content_type: str) -> bytes:
            return self._client.requests.streaming_head(invocation, content_type)

        return ResponseStream(self._client, head, self._flusher)

    @staticmethod
    def end(stream: ResponseStream, result: object) -> None:
        """End a response whose handler has returned ``result``. Raises OSError where that cannot be sent."""
        warn_of(result, stream)
        stream.end()

    @staticmethod
    def fail(stream: ResponseStream, error: BaseException, request_id: str) -> None:
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

    def finish(self, stream: ResponseStream, invocation: Invocation) -> None:
        """Read the reply to a streamed response. Where none comes, /next tells whether the API is lost."""
        shown = (invocation.request_id, b"", "", invocation.invocation_id)
        post("post_invocation_result", lambda: self._read_reply(stream.broken), *shown)

    def _read_reply(self, broken: BaseException | None) -> None:
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
