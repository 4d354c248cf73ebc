"""Buffered responses: POST what an undecorated handler returns, or the error that it raises."""

from __future__ import annotations

from lambda_streaming._error_report import check_reply, make_context, post_error
from lambda_streaming._marshal_response import marshal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._invocation import Invocation
    from lambda_streaming._runtime_client import RuntimeClient


class BufferedInvocation:
    """Call ``handler``, and POST what it returns."""

    def __init__(self, client: RuntimeClient, handler: Callable[..., Any]) -> None:
        self._client = client
        self._handler = handler

    def __call__(self, invocation: Invocation) -> None:
        """Serve one invocation. Raises RuntimeApiError when the Runtime API is lost."""
        try:
            context = make_context(invocation)
            content_type, body = marshal(self._handler(invocation.event(), context))
        except Exception as error:
            post_error(self._client, invocation, error)
            return
        check_reply(*self._client.exchange(self._client.requests.response(invocation, content_type, body)))
