"""The responses of a function URL itself, where its function is not invoked.

https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html and urls-configuration; the texts and the headers
are those recorded on AWS, as far as docs/fidelity.md does not say otherwise.
"""

import re

from local_lambda.endpoints.errors import ERROR_TYPE, error_response, request_too_large
from local_lambda.endpoints.function_url.event import UrlIdentity
from local_lambda.endpoints.response import JSON, content_length
from local_lambda.http.message import Headers, HttpRequest, HttpResponse

_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
_URL_HOST = re.compile(r"[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws")


class Rejected(Exception):
    """The function is not invoked; `reason` tells the terminal what AWS would not."""

    def __init__(self, response: HttpResponse, reason: str | None = None) -> None:
        super().__init__(reason)
        self.response = response
        self.reason = reason


def address_error(request: HttpRequest, url: UrlIdentity) -> HttpResponse | None:
    """Return the response to a request for an unknown URL, or with a method that no URL takes; else None."""
    host = (request.header("host") or "").partition(":")[0].lower()
    if _URL_HOST.fullmatch(host) and host != url.domain_name:
        return error_response(403, "AccessDeniedException", {"Message": None})
    if request.method not in _METHODS:
        return error_response(403, "AccessDeniedException", {"Message": None})
    return None


def unsigned() -> HttpResponse:
    """Return the response to a request without a signature, to a URL that needs one."""
    return error_response(403, "AccessDeniedException", {"Message": _FORBIDDEN})


def signature_rejected(error_type: str, message: str) -> HttpResponse:
    """Return the response to a request with a wrong signature."""
    return error_response(403, error_type, {"message": message})


def too_large(limit: int) -> HttpResponse:
    """Return the response to a request over the limit: the status is documented, the text is Invoke's."""
    return request_too_large("RequestEntityTooLargeException", limit)


def bad_gateway() -> HttpResponse:
    """Return the response to a failed invocation: recorded, but for its content type, which is a guess."""
    return HttpResponse(502, [("Content-Type", JSON)], b"Internal Server Error")


def reserved_header() -> HttpResponse:
    """Return the response to a result with a header of AWS's own (reported with this text)."""
    return HttpResponse(500, [("Content-Type", JSON)], b"Internal Server Error")


def invalid_result() -> HttpResponse:
    """Return the response to a result with an invalid status, header or cookie (reported, not recorded)."""
    return error_response(500, "InternalFailure", {"message": None})


def headers(response: HttpResponse, *, date: str, request_id: str) -> Headers:
    """Return all headers of such a response, in AWS's order: it has no trace id."""
    own = [field for field in response.headers if field[0] != ERROR_TYPE]
    error = [field for field in response.headers if field[0] == ERROR_TYPE]
    connection = ("Connection", "keep-alive")
    identity = ("x-amzn-RequestId", request_id)
    return [("Date", date), *own, *content_length(response), connection, identity, *error]
