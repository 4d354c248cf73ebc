"""The error bodies that several endpoints share, each written once.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors: the type is in a header.
"""

from collections.abc import Mapping
from typing import Any

from local_lambda.endpoints.response import JSON, compact
from local_lambda.http.message import HttpResponse

ERROR_TYPE = "x-amzn-ErrorType"


def error_response(status: int, error_type: str, body: Mapping[str, Any]) -> HttpResponse:
    """Return an error in the form that SDKs turn into their modelled exceptions."""
    return HttpResponse(status, [("Content-Type", JSON), (ERROR_TYPE, error_type)], compact(body))


def too_many_requests(reason: str) -> HttpResponse:
    """Return the response where a concurrency limit is reached; the reason is AWS's name for that limit.

    https://docs.aws.amazon.com/lambda/latest/api/API_TooManyRequestsException.html
    """
    body = {"Reason": reason, "Type": "User", "message": "Rate Exceeded."}
    return error_response(429, "TooManyRequestsException", body)


def request_too_large(error_type: str, limit: int) -> HttpResponse:
    """Return the response to a request of more than ``limit`` bytes."""
    message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
    return error_response(413, error_type, {"Type": "User", "message": message})
