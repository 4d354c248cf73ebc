"""The responses of API Gateway itself, where the function's own cannot be had.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from local_lambda.endpoints.errors import error_response
from local_lambda.http.message import HttpResponse

_INTERNAL = "InternalServerErrorException"


def forbidden() -> HttpResponse:
    """Return the response to a request that is not below the stage."""
    return _response(403, "ForbiddenException", "Forbidden")


def no_such_route() -> HttpResponse:
    """Return what API Gateway says where it knows no such resource or method."""
    return _response(403, "MissingAuthenticationTokenException", "Missing Authentication Token")


def request_too_large() -> HttpResponse:
    """Return the response to a request that is too large.

    The text is documented for API Gateway's own 10 MB; that it stands for Lambda's 6 MB too is a guess.
    """
    return _response(413, "RequestTooLargeException", "Request Too Long")


def internal() -> HttpResponse:
    """Return the response where the function cannot be invoked, or its metadata is not valid."""
    return _response(500, _INTERNAL, "Internal server error")


def bad_gateway() -> HttpResponse:
    """Return the response to a failed invocation, as in a buffered integration; undocumented for a stream."""
    return _response(502, _INTERNAL, "Internal server error")


def timed_out() -> HttpResponse:
    """Return the response where the function has sent nothing for too long."""
    return _response(504, _INTERNAL, "Endpoint request timed out")


def _response(status: int, error_type: str, text: str) -> HttpResponse:
    return error_response(status, error_type, {"message": text})
