"""A function's result, or the prelude of its stream, → the HTTP response of its URL.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (payload format 2.0), corrected by what was
recorded on AWS: a returned string is sent without quotes, a numeric string is a status.
"""

import base64
import binascii
import json
from typing import Any

from local_lambda.endpoints.prelude import Prelude
from local_lambda.endpoints.response import (
    BINARY,
    JSON,
    PLATFORM_HEADERS,
    InvalidResult,
    compact,
    header,
    status_of,
)
from local_lambda.http.message import Headers, HttpResponse


def from_result(payload: bytes, content_type: str | None) -> HttpResponse:
    """Return the response of a BUFFERED URL. Raises InvalidResult.

    A payload that is not JSON can only come from a custom runtime. What AWS does with it is not recorded; it
    is passed on with the type that the runtime gave it.
    """
    try:
        result = json.loads(payload)
    except (ValueError, RecursionError):
        return HttpResponse(200, [("Content-Type", content_type or BINARY)], payload)
    if isinstance(result, dict) and "statusCode" in result:
        return _from_document(result)
    body = _text(result) if isinstance(result, str) else compact(result)
    return HttpResponse(200, [("Content-Type", JSON)], body)


def from_prelude(prelude: Prelude, body: bytes = b"") -> HttpResponse:
    """Return the head (and for a BUFFERED URL the body) of a streamed response. Raises InvalidResult."""
    headers = _headers(prelude.headers, prelude.cookies, BINARY)
    return HttpResponse(status_of(prelude.status), headers, body)


def without_prelude(content_type: str | None) -> HttpResponse:
    """Return the head of a stream without a prelude."""
    return HttpResponse(200, [("Content-Type", content_type or BINARY)])


def _from_document(result: dict[str, Any]) -> HttpResponse:
    status = status_of(result["statusCode"])
    headers = _headers(result.get("headers") or {}, result.get("cookies") or [], JSON)
    return HttpResponse(status, headers, _body(result))


def _body(result: dict[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""  # {"statusCode": 200} alone: only the status is recorded
    if not isinstance(body, str):
        return compact(body)
    if result.get("isBase64Encoded") is not True:
        return _text(body)
    try:
        text = "".join(body.split()).rstrip("=")
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidResult(f"isBase64Encoded is true, but the body is not base64 ({error})") from error


def _text(value: str) -> bytes:
    # JSON may hold half of a surrogate pair, UTF-8 may not.
    return value.encode(errors="replace")


def _headers(headers: Any, cookies: Any, default_type: str) -> Headers:
    if not isinstance(headers, dict) or not isinstance(cookies, list):
        raise InvalidResult("headers must be an object and cookies a list of strings")
    named = [header(name, value) for name, value in headers.items() if name.lower() not in PLATFORM_HEADERS]
    if all(name.lower() != "content-type" for name, _ in named):
        named.insert(0, ("Content-Type", default_type))
    if not all(isinstance(cookie, str) for cookie in cookies):
        raise InvalidResult("cookies must be a list of strings")
    return named + [header("Set-Cookie", cookie) for cookie in cookies]
