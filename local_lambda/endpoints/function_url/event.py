"""HTTP request → function URL event, payload format 2.0.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, and events recorded on AWS: an
empty field is absent, never null.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus

from local_lambda.endpoints.request import HOP_BY_HOP, request_time
from local_lambda.http.message import HttpRequest

# Media types whose body is text in the event; every other body is base64 (seen on AWS, not documented).
_TEXT_TYPES = {"application/json", "application/xml", "application/javascript"}


# What `requestContext.authorizer.iam` says.
Caller = Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True)
class UrlIdentity:
    """The names that AWS would give the URL."""

    url_id: str
    region: str

    @classmethod
    def of(cls, function_name: str, region: str) -> "UrlIdentity":
        """Return a made-up url-id in AWS's form: 32 letters and digits, always the same for a function."""
        digest = hashlib.sha256(function_name.encode()).digest()
        return cls(url_id=base64.b32encode(digest)[:32].decode().lower(), region=region)

    @property
    def domain_name(self) -> str:
        """The host name that the URL would have on AWS."""
        return f"{self.url_id}.lambda-url.{self.region}.on.aws"


def url_event(
    request: HttpRequest,
    body: bytes,
    url: UrlIdentity,
    *,
    request_id: str,
    trace_id: str,
    epoch_ms: int,
    caller: Caller | None = None,
) -> bytes:
    """Return the event's JSON for a request at the time `epoch_ms` (milliseconds since 1970).

    `caller` is who signed it, for a URL of AuthType AWS_IAM.
    """
    headers = _headers(request, body, trace_id)
    if caller is not None:
        headers.pop("authorization", None)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
    }
    if cookies := _cookies(headers):
        event["cookies"] = cookies
    event["headers"] = headers
    if query := query_parameters(request.query):
        event["queryStringParameters"] = query
    event["requestContext"] = _request_context(request, headers, url, request_id, epoch_ms, caller)
    event |= _body(body, headers)
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def query_parameters(query: str) -> dict[str, str]:
    """Return decoded names and values; a repeated name has its values joined by commas."""
    parameters: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _headers(request: HttpRequest, body: bytes, trace_id: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers:
        if name in HOP_BY_HOP:
            continue
        joint = "; " if name == "cookie" else ","
        headers[name] = f"{headers[name]}{joint}{value}" if name in headers else value
    if body:
        headers["content-length"] = str(len(body))  # a chunked request arrives on AWS with its length
    headers["x-amzn-trace-id"] = trace_id
    # The truth about this machine, as `host` is what the client sent: applications build redirects from the
    # three of them. A proxy in front of us, like CloudFront in front of AWS, has set its own.
    headers.setdefault("x-forwarded-for", request.peer)
    headers.setdefault("x-forwarded-port", str(request.port))
    headers.setdefault("x-forwarded-proto", "http")
    return headers


def _cookies(headers: dict[str, str]) -> list[str]:
    return [cookie for part in headers.get("cookie", "").split(";") if (cookie := part.strip())]


def _request_context(
    request: HttpRequest,
    headers: dict[str, str],
    url: UrlIdentity,
    request_id: str,
    epoch_ms: int,
    caller: Caller | None,
) -> dict[str, Any]:
    http = {
        "method": request.method,
        # Not recorded for valid escapes; decoded here, while rawPath is as sent. Invalid ones stay raw.
        "path": unquote(request.path),
        "protocol": "HTTP/1.1",
        "sourceIp": request.peer,
    }
    if user_agent := headers.get("user-agent"):
        http["userAgent"] = user_agent
    # The account is the caller's, in spite of the documentation.
    authorizer = {} if caller is None else {"authorizer": {"iam": dict(caller)}}
    return {
        "accountId": "anonymous" if caller is None else caller["accountId"],
        "apiId": url.url_id,
        **authorizer,
        "domainName": url.domain_name,
        "domainPrefix": url.url_id,
        "http": http,
        "requestId": request_id,
        "routeKey": "$default",
        "stage": "$default",
        "time": request_time(epoch_ms),
        "timeEpoch": epoch_ms,
    }


def _body(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    if not body:
        return {"isBase64Encoded": False}
    if _is_text(headers):
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass  # not recorded; base64 loses nothing
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def _is_text(headers: dict[str, str]) -> bool:
    if "content-encoding" in headers:
        return False
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXT_TYPES
