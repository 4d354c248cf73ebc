"""What a function URL answers without its function: to the wrong address, signature or moment.

https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html and urls-configuration; the texts and the headers
are those recorded on AWS. Which are not is in docs/fidelity.md.
"""

import re
from collections.abc import Mapping

from local_lambda.endpoints.function_url.event import UrlIdentity
from local_lambda.endpoints.function_url.result import JSON, compact, content_length
from local_lambda.http.message import Headers, HttpRequest, HttpResponse

# https://docs.aws.amazon.com/lambda/latest/api/API_TooManyRequestsException.html
RESERVED_CONCURRENCY = "ReservedFunctionConcurrentInvocationLimitExceeded"
_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
_URL_HOST = re.compile(r"[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws")


class Rejected(Exception):
    """The function is not invoked; `reason` is for the terminal, where AWS would leave one to guess."""

    def __init__(self, answer: HttpResponse, reason: str | None = None) -> None:
        super().__init__(reason)
        self.answer = answer
        self.reason = reason


def misdirected(request: HttpRequest, url: UrlIdentity) -> HttpResponse | None:
    """The answer to a request for the URL of nobody, or with a method that no URL takes."""
    host = (request.header("host") or "").partition(":")[0].lower()
    if _URL_HOST.fullmatch(host) and host != url.domain_name:
        return _refusal(403, "AccessDeniedException", {"Message": None})
    if request.method not in _METHODS:
        return _refusal(403, "AccessDeniedException", {"Message": None})
    return None


def forbidden() -> HttpResponse:
    """Nobody has signed the request, to a URL that asks for it."""
    return _refusal(403, "AccessDeniedException", {"Message": _FORBIDDEN})


def signature_refused(error_type: str, message: str) -> HttpResponse:
    """The signature is not right."""
    return _refusal(403, error_type, {"message": message})


def throttled(reason: str) -> HttpResponse:
    """A limit on concurrency is reached; the reason is AWS's name for that limit."""
    body = {"Reason": reason, "Type": "User", "message": "Rate Exceeded."}
    return _refusal(429, "TooManyRequestsException", body)


def too_large(limit: int) -> HttpResponse:
    """The request is over 6 MB: the status is documented, the text is that of the Invoke API."""
    message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
    return _refusal(413, "RequestEntityTooLargeException", {"Type": "User", "message": message})


def headers(answer: HttpResponse, date: str, request_id: str) -> Headers:
    """All headers of an answer without the function, in AWS's order: it has no trace id."""
    own = [field for field in answer.headers if field[0] != "x-amzn-ErrorType"]
    error = [field for field in answer.headers if field[0] == "x-amzn-ErrorType"]
    connection = ("Connection", "keep-alive")
    identity = ("x-amzn-RequestId", request_id)
    return [("Date", date), *own, *content_length(answer), connection, identity, *error]


def _refusal(status: int, error_type: str, body: Mapping[str, str | None]) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", JSON), ("x-amzn-ErrorType", error_type)], compact(body))
