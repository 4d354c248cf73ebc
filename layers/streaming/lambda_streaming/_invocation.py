"""One invocation, as the Runtime API hands it out.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html (next invocation)
"""

from __future__ import annotations

import _thread

from lambda_streaming import _json_codec
from lambda_streaming._exceptions import RuntimeFault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from lambda_streaming._response_stream import ResponseStream

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

    __slots__ = (
        "body",
        "headers",
        "invocation_id",
        "is_over",
        "open_stream",
        "request_id",
        "stream",
        "tenant_id",
        "trace_id",
    )
    _lock = _thread.allocate_lock()

    def __init__(self, headers: Mapping[str, str], body: bytes) -> None:
        self.headers = headers
        self.body = body
        self.request_id = headers.get(REQUEST_ID, "")
        self.trace_id = headers.get(TRACE_ID)
        self.tenant_id = as_utf8(headers.get(TENANT_ID))
        self.invocation_id = headers.get(INVOCATION_ID)
        self.open_stream: Callable[[Invocation], ResponseStream] | None = (
            None  # set by the loop that serves it
        )
        self.stream: ResponseStream | None = None
        self.is_over = False

    def response_stream(self) -> ResponseStream:
        """Return the response stream, made when it is first asked for: ended, once the invocation is over."""
        assert self.open_stream is not None
        with self._lock:
            if self.stream is None:
                self.stream = self.open_stream(self)
                if self.is_over:
                    self.stream.abandon()
            return self.stream

    def __deepcopy__(self, memo: object) -> Invocation:
        """Return the same invocation: copies of a context share the response stream."""
        return self

    def __reduce__(self) -> tuple[type, tuple[()]]:
        """Pickle as None: the stream belongs to this process."""
        return type(None), ()

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
