"""Answer invocations in one piece: what an undecorated handler returns, or the error that it raises."""

from __future__ import annotations

from lambda_streaming.marshal_response import marshal
from lambda_streaming.reporting import check_answer, context_of, post_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming.invocation import Invocation
    from lambda_streaming.runtime_client import RuntimeClient


class BufferedAnswer:
    """Call ``handler``, and POST what it returns."""

    def __init__(self, client: RuntimeClient, handler: Callable[..., Any]) -> None:
        self._client = client
        self._handler = handler

    def __call__(self, invocation: Invocation) -> None:
        """Serve one invocation. Raises RuntimeApiError when the Runtime API is lost."""
        try:
            context = context_of(invocation)
            content_type, body = marshal(self._handler(invocation.event(), context))
        except Exception as error:
            post_error(self._client, invocation, error)
            return
        check_answer(*self._client.exchange(self._client.requests.response(invocation, content_type, body)))
