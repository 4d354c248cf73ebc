"""The errors of the Lambda API, in the form that SDKs turn into their modelled exceptions.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors: the type is in a header; the
model spells the key of the text "message" for some types and "Message" for others.
"""

from local_lambda.endpoints import errors
from local_lambda.endpoints.errors import ERROR_TYPE, error_response
from local_lambda.http.message import HttpResponse


class ApiError(Exception):
    """A call that cannot be served, with its response."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(dict(response.headers)[ERROR_TYPE])
        self.response = response


def function_not_found(arn: str) -> ApiError:
    """There is no such function, or no such version or alias of it."""
    return resource_not_found(f"Function not found: {arn}")


def resource_not_found(text: str) -> ApiError:
    """There is no such resource."""
    return _error(404, "ResourceNotFoundException", Message=text)


def invalid_parameter(text: str) -> ApiError:
    """A parameter has an invalid value."""
    return _error(400, "InvalidParameterValueException", message=text)


def invalid_request_content(text: str) -> ApiError:
    """The payload, or the client context, is not JSON."""
    return _error(400, "InvalidRequestContentException", message=text)


def request_too_large(limit: int) -> ApiError:
    """The payload is larger than the limit, in bytes."""
    return ApiError(errors.request_too_large("RequestTooLargeException", limit))


def too_many_requests(reason: str) -> ApiError:
    """A concurrency limit is reached; the reason is AWS's name for it."""
    return ApiError(errors.too_many_requests(reason))


def unknown_operation(text: str) -> ApiError:
    """No operation has this method and path."""
    return _error(404, "UnknownOperationException", Message=text)


def access_denied(text: str) -> ApiError:
    """The caller is not allowed to."""
    return _error(403, "AccessDeniedException", Message=text)


def _error(status: int, error_type: str, **text: str) -> ApiError:
    return ApiError(error_response(status, error_type, {"Type": "User", **text}))
