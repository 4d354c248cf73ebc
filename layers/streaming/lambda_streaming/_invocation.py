"""One invocation, as the Runtime API hands it out.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html (next invocation)
"""

from __future__ import annotations

from lambda_streaming import _json_codec
from lambda_streaming._exceptions import RuntimeFault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Lower case, as lambda_streaming._http_message hands header names out.
REQUEST_ID = "lambda-runtime-aws-request-id"
DEADLINE = "lambda-runtime-deadline-ms"
FUNCTION_ARN = "lambda-runtime-invoked-function-arn"
TRACE_ID = "lambda-runtime-trace-id"
CLIENT_CONTEXT = "lambda-runtime-client-context"
COGNITO_IDENTITY = "lambda-runtime-cognito-identity"
TENANT_ID = "lambda-runtime-aws-tenant-id"
INVOCATION_ID = "lambda-runtime-invocation-id"


class Invocation:
    """One reply to GET /runtime/invocation/next.

    ``headers`` are keyed in lower case; ``body`` is the event as sent, JSON if ``content-type`` says so.
    """

    __slots__ = ("body", "headers", "invocation_id", "request_id", "tenant_id", "trace_id")

    def __init__(self, headers: Mapping[str, str], body: bytes) -> None:
        self.headers = headers
        self.body = body
        self.request_id = headers.get(REQUEST_ID, "")
        self.trace_id = headers.get(TRACE_ID)
        self.tenant_id = as_utf8(headers.get(TENANT_ID))
        self.invocation_id = headers.get(INVOCATION_ID)

    def event(self) -> Any:
        """Return the event: JSON decoded, or the raw bytes of any other content type.

        Raises RuntimeFault (Runtime.UnmarshalError) for what is not JSON.
        """
        if self.headers.get("content-type") != "application/json":
            return self.body
        try:
            return _json_codec.loads_event(self.body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise RuntimeFault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None


def as_utf8(value: str | None) -> str | None:
    """Return a header's value, which HTTP takes for Latin-1, as the UTF-8 that Lambda puts into it."""
    if value is None or value.isascii():
        return value
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
