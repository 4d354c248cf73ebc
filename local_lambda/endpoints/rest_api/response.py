"""How a REST API treats a streamed response: metadata first, whatever the content type.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

import re

from local_lambda.endpoints.prelude import Prelude, PreludeDecoder, PreludeError
from local_lambda.endpoints.response import (
    JSON,
    PLATFORM_HEADERS,
    InvalidResult,
    header,
    platform_headers,
    remapped_warnings,
    status_of,
)
from local_lambda.endpoints.rest_api import errors
from local_lambda.endpoints.streaming import Failure
from local_lambda.http.message import BODYLESS_STATUSES, Headers, HttpResponse
from local_lambda.model.limits import MAX_PRELUDE_BYTES
from local_lambda.platform.invocation import FunctionError, ResponseHead


def idle_failure(seconds: float) -> Failure:
    """Return the response where nothing has come for so long."""
    return Failure(
        errors.timed_out(), f"the client was left after {seconds:g} idle seconds; the function runs on"
    )


class RestApiPolicy:
    """Every stream has a prelude; what does not conform is a 500."""

    empty_body_warning: str | None = None  # API Gateway passes it on

    def __init__(self, *, request_id: str, trace: str) -> None:
        self._request_id = request_id
        self._trace = trace

    def opening(self, head: ResponseHead) -> PreludeDecoder:  # noqa: ARG002 (whatever its content type)
        """Return what finds the stream's metadata."""
        return PreludeDecoder(MAX_PRELUDE_BYTES)

    def head(self, prelude: Prelude) -> HttpResponse:
        """Return the head that the metadata asks for. Raises InvalidResult."""
        return head_of(prelude)

    def headers(self, own: Headers) -> Headers:
        """Return all headers but the date, in AWS's order."""
        return [*own, *platform_headers(self._request_id, self._trace)]

    def body_step(self, prelude: Prelude) -> None:
        """Return nothing: API Gateway does not touch the body of a stream."""

    def stream_warnings(self, prelude: Prelude | None, own: Headers) -> list[str]:  # noqa: ARG002 (checked by `head`)
        """Return what the user should know about the headers."""
        return remapped_warnings(own)

    def empty(self, head: ResponseHead, error: PreludeError | None) -> Failure:  # noqa: ARG002
        """Return the response to a stream without metadata."""
        return _internal("the stream ended without metadata and eight NUL bytes")

    def failed(self, error: FunctionError) -> Failure:
        """Return the response to an error before the first byte."""
        return Failure(errors.bad_gateway(), f"the client got 502: {error}")

    def invalid(self, error: PreludeError | InvalidResult) -> Failure:
        """Return the response to metadata that are not valid."""
        reason = f"the prelude is not valid: {error}" if isinstance(error, PreludeError) else str(error)
        return _internal(reason)

    def ends_cleanly(self, error: FunctionError) -> bool:  # noqa: ARG002
        """Return no: what a client sees is not known, and a cut is what it can notice."""
        return False


def _internal(reason: str) -> Failure:
    return Failure(errors.internal(), f"the client got 500: {reason}")


def head_of(prelude: Prelude) -> HttpResponse:
    """Return the status and headers of a prelude as API Gateway reads it. Raises InvalidResult."""
    if unknown := [key for key in prelude.ignored if key != "multiValueHeaders"]:
        raise InvalidResult(f"API Gateway takes no prelude with {', '.join(unknown)} in it")
    multiple = prelude.multi_value_headers or {}
    if not isinstance(multiple, dict) or not all(isinstance(values, list) for values in multiple.values()):
        raise InvalidResult("multiValueHeaders must be an object of lists")
    won = {name.lower() for name in multiple}
    pairs = [(name, value) for name, value in prelude.headers.items() if name.lower() not in won]
    pairs += [(name, value) for name, values in multiple.items() for value in values]
    pairs += [("Set-Cookie", cookie) for cookie in prelude.cookies]
    if all(name.lower() != "content-type" for name, _ in pairs):
        # As in a buffered proxy integration; for a stream it is not documented.
        pairs.insert(0, ("Content-Type", JSON))
    status = status_of(prelude.status)
    return HttpResponse(status, [field for pair in pairs for field in _fields(status, *pair)])


def _fields(status: int, name: str, value: object) -> Headers:
    if name.lower() in PLATFORM_HEADERS or name.lower() == "transfer-encoding":
        return []  # the body is chunked anyhow where it has no length
    if name.lower() != "content-length":
        return [header(name, value)]
    if not re.fullmatch(r"[0-9]{1,19}", str(value)):
        raise InvalidResult(f"{value!r} cannot be the value of the header {name!r}")
    return [] if status in BODYLESS_STATUSES else [("Content-Length", str(value))]
