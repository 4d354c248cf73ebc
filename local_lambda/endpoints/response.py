"""What all endpoints' responses have in common: JSON, lengths, which statuses and headers are valid."""

import json
import re
from typing import Any

from local_lambda.http.message import BODYLESS_STATUSES, Headers, HttpResponse

JSON = "application/json"
BINARY = "application/octet-stream"

# Seen on AWS: www-authenticate, server, content-length. The others are the connection's own, or the
# platform's, and cannot be let through in any case.
_REMAPPED = {
    "connection", "content-length", "date", "expect", "host", "keep-alive", "max-forwards",
    "proxy-authenticate", "server", "te", "trailer", "transfer-encoding", "upgrade", "via",
    "www-authenticate",
}  # fmt: skip
_REMAPPED_PREFIX = "x-amzn-Remapped-"
PLATFORM_HEADERS = {"x-amzn-requestid", "x-amzn-trace-id"}
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class InvalidResult(ValueError):
    """The function's result cannot be an HTTP response."""


class ReservedHeader(InvalidResult):
    """The function's result has a header that only AWS may send."""


def compact(value: Any) -> bytes:
    """Return JSON as AWS writes it: no white space, no escapes that are not needed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")


def content_length(response: HttpResponse) -> Headers:
    """Return the length of a whole response; nothing where there is no body by definition."""
    if response.status in BODYLESS_STATUSES:
        return []
    return [("Content-Length", str(len(response.body)))]


def status_of(value: Any) -> int:
    """Return a status as a function gives it, which may be a string. Raises InvalidResult."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{3}", value):
        value = int(value)
    # 1xx are interim responses and cannot be a final one (RFC 9110 section 15.2).
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise InvalidResult(f"statusCode must be a number from 200 to 599, not {value!r}")
    return value


def header(name: str, value: Any) -> tuple[str, str]:
    """Return a header as it goes out, under another name where AWS gives it one.

    Raises InvalidResult, or its ReservedHeader.
    """
    if isinstance(value, (bool, int, float)):
        value = json.dumps(value)
    if not isinstance(value, str) or not _TOKEN.fullmatch(name) or _CONTROL.search(value):
        raise InvalidResult(f"{value!r} cannot be the value of the header {name!r}")
    if name.lower().startswith(_REMAPPED_PREFIX.lower()):
        raise ReservedHeader(f"the header {name} is AWS's own: a function must not send it")
    return (f"{_REMAPPED_PREFIX}{name}" if name.lower() in _REMAPPED else name, value.strip(" \t"))


def remapped(headers: Headers) -> list[str]:
    """Return those of a response's headers that get another name, as the function wrote them."""
    return [name.removeprefix(_REMAPPED_PREFIX) for name, _ in headers if name.startswith(_REMAPPED_PREFIX)]


def remapped_warnings(headers: Headers) -> list[str]:
    """Return what the user should know about such headers."""
    return [
        f"the header {name} reaches the client as {_REMAPPED_PREFIX}{name}, as on AWS"
        for name in remapped(headers)
    ]


def platform_headers(request_id: str, trace: str) -> Headers:
    """Return the headers that AWS adds behind a function's own."""
    return [("Connection", "keep-alive"), ("x-amzn-RequestId", request_id), ("X-Amzn-Trace-Id", trace)]
