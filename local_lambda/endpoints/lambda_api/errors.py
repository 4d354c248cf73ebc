"""The errors of the Lambda API, in the form that SDKs turn into their modelled exceptions.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors: the type is in a header; the
model spells the key of the text "message" for some types and "Message" for others.
"""

from typing import Any

from local_lambda.endpoints.function_url.result import JSON, compact
from local_lambda.http.message import HttpResponse


class ApiError(Exception):
    """The answer to a call that cannot be served."""

    def __init__(self, status: int, error_type: str, body: dict[str, Any]) -> None:
        super().__init__(error_type)
        headers = [("Content-Type", JSON), ("x-amzn-ErrorType", error_type)]
        self.response = HttpResponse(status, headers, compact(body))


def function_not_found(arn: str) -> ApiError:
    """There is no such function, or no such version or alias of it."""
    return resource_not_found(f"Function not found: {arn}")


def resource_not_found(text: str) -> ApiError:
    """There is no such thing."""
    return ApiError(404, "ResourceNotFoundException", {"Type": "User", "Message": text})


def invalid_parameter(text: str) -> ApiError:
    """A value that the call cannot have."""
    return ApiError(400, "InvalidParameterValueException", {"Type": "User", "message": text})


def invalid_request_content(text: str) -> ApiError:
    """The payload, or the client context, is not JSON."""
    return ApiError(400, "InvalidRequestContentException", {"Type": "User", "message": text})


def request_too_large(limit: int) -> ApiError:
    """The payload is larger than the limit, in bytes."""
    text = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
    return ApiError(413, "RequestTooLargeException", {"Type": "User", "message": text})


def too_many_requests(reason: str) -> ApiError:
    """A limit on concurrency is reached; the reason is AWS's name for that limit."""
    body = {"Reason": reason, "Type": "User", "message": "Rate Exceeded."}
    return ApiError(429, "TooManyRequestsException", body)


def unknown_operation(text: str) -> ApiError:
    """The method and path are no call that is served here."""
    return ApiError(404, "UnknownOperationException", {"Type": "User", "Message": text})


def access_denied(text: str) -> ApiError:
    """The caller may not."""
    return ApiError(403, "AccessDeniedException", {"Type": "User", "Message": text})
