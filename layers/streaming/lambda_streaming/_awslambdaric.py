"""The names of AWS's runtime client that tools hold on to, for those who look for them in ``__main__``.

Sentry's integration puts its own functions around ``handle_event_request`` and ``LambdaRuntimeClient``'s
``post_*`` in ``__main__.awslambdaricmain.bootstrap``. This module is both of the latter. It is imported when
somebody asks ``__main__`` for it; from then on the runtime calls the handler, and posts, by these names.
"""

from __future__ import annotations

import sys

from lambda_streaming import _error_report, _log
from lambda_streaming._invocation import CLIENT_CONTEXT, COGNITO_IDENTITY, DEADLINE, FUNCTION_ARN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._invocation import Invocation

bootstrap = sys.modules[__name__]


class LambdaRuntimeClient:
    """The Runtime API's client for one call: ``work`` is what the runtime does in it."""

    def __init__(self, work: Callable[..., None]) -> None:
        self.work = work

    def post_init_error(self, *_shown: Any, **_named: Any) -> None:
        """Post why the function could not be loaded."""
        self.work()

    def post_invocation_result(self, *_shown: Any, **_named: Any) -> None:
        """Post a response. One that was streamed has been sent by then, and its body is not shown."""
        self.work()

    def post_invocation_error(self, *_shown: Any, **_named: Any) -> None:
        """Post the error of an invocation of whose response nothing has been sent."""
        self.work()


def handle_event_request(
    lambda_runtime_client: LambdaRuntimeClient,
    request_handler: Callable[..., Any],
    *_shown: Any,
    **_named: Any,
) -> None:
    """Serve an invocation with ``request_handler``; the rest is shown to tools, as awslambdaric does."""
    lambda_runtime_client.work(request_handler)


def serve(
    respond: Callable[[Invocation, Callable[..., Any]], None],
    invocation: Invocation,
    handler: Callable[..., Any],
) -> None:
    """Have ``respond`` serve ``invocation``, with what the tools make of ``handler``."""
    headers = invocation.headers
    handle_event_request(
        LambdaRuntimeClient(lambda request_handler: respond(invocation, request_handler)),
        handler,
        invocation.request_id,
        invocation.body,
        headers.get("content-type"),
        headers.get(CLIENT_CONTEXT),
        headers.get(COGNITO_IDENTITY),
        headers.get(FUNCTION_ARN),
        headers.get(DEADLINE),
        invocation.tenant_id,
        _log.state.sink,
        invocation.invocation_id,
    )


def post(name: str, send: Callable[[], None], *shown: Any) -> None:
    """Call ``send`` by way of the method ``name``, which is shown what is sent."""
    getattr(LambdaRuntimeClient(send), name)(*shown)


_error_report.names = bootstrap
