"""Serve invocations: get one, respond to it, get the next.

The order is the Runtime API's: no /error after the head of a response, no /next before the reply to it.
"""

from __future__ import annotations

import os

from lambda_streaming import _decorator, _log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._event_loop import EventLoop
    from lambda_streaming._invocation import Invocation
    from lambda_streaming._runtime_client import RuntimeClient


class InvocationLoop:
    """Serve the invocations of one execution environment with ``handler``."""

    def __init__(self, client: RuntimeClient, handler: Callable[..., Any], loop: EventLoop) -> None:
        self._client = client
        self._respond: Callable[[Invocation], None]
        # Each in its own module, so that a cold start imports the one that it needs.
        if _decorator.is_streaming(handler):
            from lambda_streaming._streaming import StreamedInvocation

            self._respond = StreamedInvocation(client, handler, loop)
        else:
            from lambda_streaming._buffered import BufferedInvocation

            self._respond = BufferedInvocation(client, handler)

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
        self._respond(invocation)
