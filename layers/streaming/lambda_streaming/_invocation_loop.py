"""Serve invocations: get one, respond to it, get the next.

The order is the Runtime API's: no /error after the head of a response, no /next before the reply to it.
A response is buffered, one piece of JSON, unless the handler streams it.
"""

from __future__ import annotations

import os

from lambda_streaming import _error_report, _log
from lambda_streaming._error_report import check_reply, make_context, post, post_error
from lambda_streaming._marshal_response import marshal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._context import LambdaContext
    from lambda_streaming._invocation import Invocation
    from lambda_streaming._response_stream import ResponseStream
    from lambda_streaming._runtime_client import RuntimeClient
    from lambda_streaming._streaming import Streaming

# Results that are JSON, or bytes, and cannot be streams.
BUFFERED = frozenset((dict, str, type(None), list, int, float, bool, tuple, bytes))


class InvocationLoop:
    """Serve the invocations of one execution environment with ``handler``."""

    def __init__(self, client: RuntimeClient, handler: Callable[..., Any]) -> None:
        self._client = client
        self._handler = prepared(handler)
        self._streaming_parts: Streaming | None = None

    def run(self) -> None:
        """Serve for ever. Raises RuntimeApiError when the Runtime API is lost."""
        while True:
            self.serve(self._client.next())

    def serve(self, invocation: Invocation) -> None:
        """Serve one invocation. Raises RuntimeApiError or OSError where its response cannot be sent."""
        _log.state.request_id = invocation.request_id
        _log.state.tenant_id = invocation.tenant_id
        if invocation.trace_id:
            os.environ["_X_AMZN_TRACE_ID"] = invocation.trace_id
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        invocation.open_stream = self._open_stream
        if _error_report.names is None:
            self._respond(invocation, self._handler)
        else:
            _error_report.names.serve(self._respond, invocation, self._call)

    def _respond(self, invocation: Invocation, handler: Callable[[Any, LambdaContext], Any]) -> None:
        """Call ``handler``, and bring Lambda its response, or the error that it raises."""
        try:
            context = make_context(invocation)
            result = handler(invocation.event(), context)
            if type(result) not in BUFFERED:
                result = self._streamed(result, context)
            stream = invocation.stream
            if stream is None or not stream.used:
                stream, response = None, marshal(result)
            else:
                self._streaming.end(stream, result)
        except BaseException as error:
            if not isinstance(error, Exception) and _ends_process(error, invocation):
                raise
            invocation.is_over = True
            stream = invocation.stream
            if stream is None or stream.abandon():
                post_error(self._client, invocation, error)
                return
            self._streaming.fail(stream, error, invocation.request_id)
        invocation.is_over = True
        if stream is not None:
            self._streaming.finish(stream, invocation)
        elif invocation.stream is None and _error_report.names is None:
            check_reply(*self._client.exchange(self._client.requests.response(invocation, *response)))
        else:
            self._post(invocation, *response)

    def _post(self, invocation: Invocation, content_type: str, body: bytes) -> None:
        """POST a buffered response, where there is a stream to be closed, or a tool holds on to the names."""
        if invocation.stream is not None:
            invocation.stream.abandon()
        request = self._client.requests.response(invocation, content_type, body)
        shown = (invocation.request_id, body, content_type, invocation.invocation_id)
        post("post_invocation_result", lambda: check_reply(*self._client.exchange(request)), *shown)

    def _call(self, event: Any, context: LambdaContext) -> Any:
        """Call the function's handler and stream what it returns, so that a tool around this sees it all."""
        result = self._handler(event, context)
        return result if type(result) in BUFFERED else self._streamed(result, context)

    def _streamed(self, result: Any, context: LambdaContext) -> Any:
        """Stream a result that can only be streamed; return any other, or what it came to."""
        from lambda_streaming import _unmarked

        return _unmarked.streamed(self._handler, result, context)

    def _open_stream(self, invocation: Invocation) -> ResponseStream:
        return self._streaming.open(invocation)

    @property
    def _streaming(self) -> Streaming:
        """What only streaming needs: a cold start that does not stream does without it."""
        if self._streaming_parts is None:
            from lambda_streaming._streaming import Streaming

            self._streaming_parts = Streaming(self._client)
        return self._streaming_parts


def _ends_process(error: BaseException, invocation: Invocation) -> bool:
    """Tell whether what is no Exception ends the process: sys.exit() and Ctrl+C do.

    Where nothing is streamed all else does, too, as under Lambda's own loop.
    """
    exits = (SystemExit, KeyboardInterrupt)
    if isinstance(error, BaseExceptionGroup):
        return invocation.stream is None or error.subgroup(exits) is not None
    return invocation.stream is None or isinstance(error, exits)


def prepared(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``handler`` as it is to be called: decorated, where the decorator must have been forgotten."""
    if _is_plain(handler):
        return handler
    from lambda_streaming import _unmarked

    return _unmarked.decorated(handler)


def _is_plain(handler: Callable[..., Any]) -> bool:
    """Tell whether ``handler`` is decorated by us, or nothing of it speaks of streaming or decorators."""
    code = getattr(handler, "__code__", None)
    if code is None or code.co_argcount == 3:
        return False
    if not hasattr(handler, "__wrapped__"):
        return True
    from lambda_streaming._call_form import module_of

    return module_of(handler) == "lambda_streaming._decorator"
