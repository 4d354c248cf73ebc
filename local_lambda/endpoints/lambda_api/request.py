"""The headers and the payload of a call to Invoke → what the function is invoked with.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import base64
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from local_lambda.endpoints.lambda_api import errors
from local_lambda.http.message import HttpRequest
from local_lambda.model.limits import LIMITS, MAX_CLIENT_CONTEXT_BYTES, Limits

_TYPES = ("RequestResponse", "Event", "DryRun")


@dataclass(frozen=True)
class InvokeRequest:
    """A valid call."""

    event: bytes
    invocation_type: str
    wants_log: bool
    client_context: str | None
    tenant_id: str | None


def invoke_request(request: HttpRequest, body: bytes | None, limits: Limits = LIMITS) -> InvokeRequest:
    """Read a call. A body of None was too large to read. Raises ApiError."""
    invocation_type = _invocation_type(request)
    limit = limits.asynchronous if invocation_type == "Event" else limits.request
    if body is None or len(body) > limit:
        raise errors.request_too_large(limit)
    event = body or b"{}"
    if invocation_type != "DryRun":
        _check_json(event)
    # Lambda passes it to functions that are invoked synchronously.
    context = _client_context(request) if invocation_type == "RequestResponse" else None
    wants_log, tenant_id = request.header("x-amz-log-type") == "Tail", request.header("x-amz-tenant-id")
    return InvokeRequest(event, invocation_type, wants_log, context, tenant_id)


def _invocation_type(request: HttpRequest) -> str:
    value = request.header("x-amz-invocation-type") or _TYPES[0]
    if value not in _TYPES:
        expected = ", ".join(_TYPES)
        raise errors.invalid_parameter(f"InvocationType must be one of {expected}, not {value}")
    return value


def _check_json(event: bytes) -> None:
    try:
        _loads(event)
    except (ValueError, RecursionError) as error:
        raise errors.invalid_request_content(f"Could not parse request body into json: {error}") from error


def _client_context(request: HttpRequest) -> str | None:
    encoded = request.header("x-amz-client-context")
    if not encoded:
        return None
    if len(encoded) > MAX_CLIENT_CONTEXT_BYTES:
        raise errors.invalid_request_content(
            f"Client context must be no longer than {MAX_CLIENT_CONTEXT_BYTES} bytes."
        )
    try:
        # Written anew, so that it fits into a header.
        return json.dumps(_loads(base64.b64decode(encoded, validate=True)))
    except (ValueError, RecursionError) as error:
        text = "Client context must be a valid Base64-encoded JSON object."
        raise errors.invalid_request_content(text) from error


def _loads(text: bytes) -> Any:
    return json.loads(text.decode(), parse_constant=_reject_constant)


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
