"""Serve invocations: get one, respond to it, get the next.

The order is the Runtime API's: no /error after the head of a response, no /next before the reply to it.
A response is buffered, one piece of JSON, unless the handler streams it.
"""

from __future__ import annotations

import os

from lambda_streaming import _error_report, _log
from lambda_streaming._context import StreamOnDemand
from lambda_streaming._error_report import make_context, post_error, post_response
from lambda_streaming._marshal_response import marshal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._context import LambdaContext
    from lambda_streaming._invocation import Invocation
    from lambda_streaming._runtime_client import RuntimeClient
    from lambda_streaming._streaming import Streaming

# Results that are JSON, or bytes, and cannot be streams.
_BUFFERED = frozenset((dict, str, type(None), list, int, float, bool, tuple, bytes))


class InvocationLoop:
    """Serve the invocations of one execution environment with ``handler``."""

    def __init__(self, client: RuntimeClient, handler: Callable[..., Any]) -> None:
        self._client = client
        self._handler = _decorated_if_forgotten(handler)
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
        if _error_report.names is None:
            self._respond(invocation, self._call)
        else:
            _error_report.names.serve(self._respond, invocation, self._call)

    def _respond(self, invocation: Invocation, handler: Callable[[Any, LambdaContext], Any]) -> None:
        """Call ``handler``, and bring Lambda its response, or the error that it raises."""
        on_demand = StreamOnDemand(lambda: self._streaming.open(invocation))
        try:
            context = make_context(invocation, on_demand)
            result = handler(invocation.event(), context)
            stream = on_demand.stream
            if stream is None or not stream.used:
                stream, response = None, marshal(result)
            else:
                self._streaming.end(stream, result)
        except Exception as error:
            stream = on_demand.stream
            if on_demand.abandon() or stream is None:
                post_error(self._client, invocation, error)
                return
            self._streaming.fail(stream, error, invocation.request_id)
        if stream is not None:
            self._streaming.finish(stream, invocation)
            return
        on_demand.abandon()
        post_response(self._client, invocation, *response)

    def _call(self, event: Any, context: LambdaContext) -> Any:
        """Call the function's handler; stream at once what it returns that can only be streamed."""
        result = self._handler(event, context)
        if type(result) in _BUFFERED:
            return result
        from lambda_streaming import _unmarked

        return _unmarked.streamed(self._handler, result, context)

    @property
    def _streaming(self) -> Streaming:
        """What only streaming needs: a cold start that does not stream does without it."""
        if self._streaming_parts is None:
            from lambda_streaming._streaming import Streaming

            self._streaming_parts = Streaming(self._client)
        return self._streaming_parts


def _decorated_if_forgotten(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler of ``(event, response_stream, context)`` decorated: it can be nothing else."""
    code = getattr(handler, "__code__", None)
    if code is None or code.co_argcount != 3 or getattr(handler, "__defaults__", None):
        return handler
    if "stream" not in f"{code.co_varnames[1]} {code.co_varnames[2]}":
        return handler
    from lambda_streaming._decorator import streamify_response

    return streamify_response(handler)
