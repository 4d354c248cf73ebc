"""Report errors, and check the Runtime API's replies."""

from __future__ import annotations

import os
import time

from lambda_streaming import _log
from lambda_streaming._context import LambdaContext
from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._marshal_response import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._invocation import Invocation
    from lambda_streaming._runtime_client import RuntimeClient
    from lambda_streaming._runtime_requests import RuntimeRequests


# lambda_streaming._awslambdaric, once a tool has asked for it.
names: Any = None


def make_context(invocation: Invocation) -> LambdaContext:
    """Return the context object of an invocation."""
    return LambdaContext(invocation, os.environ, time.time, _log.from_context)


def post_error(client: RuntimeClient, invocation: Invocation, error: BaseException) -> None:
    """Log an error and POST it: only while nothing of the response has been sent."""
    request, body, cause = error_request(client.requests, invocation, error)
    post(
        "post_invocation_error",
        lambda: check_reply(*client.exchange(request)),
        *(invocation.request_id, body, cause, invocation.invocation_id),
    )


def error_request(
    requests: RuntimeRequests, invocation: Invocation, error: BaseException
) -> tuple[bytes, str, str]:
    """Log an error; return the request that tells Lambda of it, its body, and what is for X-Ray."""
    from lambda_streaming._error_document import error_document, xray_cause

    document = error_document(error, invocation.request_id)
    _log.error(document)
    body = to_json(document).encode("utf-8", "backslashreplace")
    cause = xray_cause(error)
    request = requests.error(invocation, document["errorType"], body, cause)
    return request, body.decode(), cause.decode()


def post(name: str, send: Callable[[], object], *shown: object) -> None:
    """Call ``send``; where tools hold on to awslambdaric's names, by way of its method ``name``."""
    if names is None:
        send()
    else:
        names.post(name, send, *shown)


def check_reply(status: int, text: str) -> None:
    """Check the reply to a response or an error: what Lambda refuses is logged.

    Raises RuntimeApiError for a reply after which the environment must not go on.
    """
    if status < 300:
        return
    if status >= 500:
        raise RuntimeApiError(f"the Runtime API replied {status} to a response: {text}")
    if status == 413:
        message = f"Lambda refused the response as too large: {text}"
        _log.error(
            {
                "errorMessage": message,
                "errorType": "Function.ResponseSizeTooLarge",
                "requestId": _log.state.request_id,
                "stackTrace": [],
            }
        )
    else:
        _log.warning(f"Lambda refused the response with {status}: {text}")
