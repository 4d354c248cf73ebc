"""HTTP request → the event of a REST API's Lambda proxy integration, payload format 1.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html (input
format): an empty field is null, never absent.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from local_lambda.endpoints.request import HOP_BY_HOP, Trace, request_time
from local_lambda.endpoints.rest_api.routes import Match
from local_lambda.http.message import HttpRequest
from local_lambda.model.function import ACCOUNT_ID, RestApiConfiguration

Values = dict[str, list[str]]

_OWN_NAMES = (
    "Host", "User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto",
)  # fmt: skip
_LEFT_OUT = {*HOP_BY_HOP, "content-length"}
_IDENTITY = (
    "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "accessKey", "principalOrgId",
    "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "user",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RestApiIdentity:
    """The names that AWS would give the API."""

    api_id: str
    region: str

    @classmethod
    def of(cls, logical_id: str, region: str) -> "RestApiIdentity":
        """Return a made-up id in AWS's form: ten letters and digits, always the same for an API."""
        digest = hashlib.sha256(logical_id.encode()).digest()
        return cls(api_id=base64.b32encode(digest)[:10].decode().lower(), region=region)

    @property
    def domain_name(self) -> str:
        """The host name that the API would have on AWS."""
        return f"{self.api_id}.execute-api.{self.region}.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as the API reads it; path and match are below its stage."""

    http: HttpRequest
    body: bytes
    path: str
    match: Match
    request_id: str
    trace: Trace
    epoch_ms: int


def rest_api_event(request: Request, api: RestApiConfiguration, identity: RestApiIdentity) -> bytes:
    """Return the event's JSON."""
    headers, query = _headers(request), _query(request.http.query)
    binary = bool(request.body) and is_binary(request.http.header("content-type"), api.binary_media_types)
    event = {
        "resource": request.match.route.path,
        "path": request.path,
        "httpMethod": request.http.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": request.match.parameters or None,
        "stageVariables": api.stage_variables or None,
        "requestContext": _context(request, api, identity),
        "body": _body(request.body, binary),
        "isBase64Encoded": binary,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def is_binary(content_type: str | None, binary_media_types: Sequence[str]) -> bool:
    """Return whether a body of the type goes to the function in base64.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
    """
    media_type = (content_type or "application/json").partition(";")[0].strip().lower()
    wanted = {"*/*", media_type, media_type.partition("/")[0] + "/*"}
    return any(one.lower() in wanted for one in binary_media_types)


def _body(body: bytes, binary: bool) -> str | None:
    # API Gateway treats a body as text unless a binary media type says otherwise.
    return (base64.b64encode(body).decode() if binary else body.decode(errors="replace")) or None


def _headers(request: Request) -> Values:
    # As recorded: names are the client's (in HTTP/2 lower case) but for API Gateway's own, no Content-Length.
    headers: Values = {}
    written = {name.lower(): name for name in _OWN_NAMES}
    for name, value in request.http.as_sent or request.http.headers:
        if name.lower() not in _LEFT_OUT:
            headers.setdefault(written.setdefault(name.lower(), name), []).append(value)
    headers["X-Amzn-Trace-Id"] = [request.trace.root]
    # The truth about this machine, as in the event of a function URL.
    headers.setdefault("X-Forwarded-For", [request.http.peer])
    headers.setdefault("X-Forwarded-Port", [str(request.http.port)])
    headers.setdefault("X-Forwarded-Proto", ["http"])
    return headers


def _query(query: str) -> Values:
    parameters: Values = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        parameters.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    return parameters


def _last(values: Values) -> dict[str, str]:
    return {name: several[-1] for name, several in values.items()}


def _context(request: Request, api: RestApiConfiguration, identity: RestApiIdentity) -> dict[str, Any]:
    path = request.match.route.path
    return {
        "resourceId": hashlib.sha256(path.encode()).hexdigest()[:6],
        "resourcePath": path,
        "httpMethod": request.http.method,
        "extendedRequestId": base64.b64encode(request.request_id.encode()[:10]).decode(),
        "requestTime": request_time(request.epoch_ms),
        "path": request.http.path,  # as asked for, with the stage: of `/prod` without a slash, too
        "accountId": ACCOUNT_ID,
        "protocol": "HTTP/1.1",
        "stage": api.stage,
        "domainPrefix": identity.api_id,
        "requestTimeEpoch": request.epoch_ms,
        "requestId": request.request_id,
        "identity": {
            **dict.fromkeys(_IDENTITY),
            "sourceIp": request.http.peer,
            "userAgent": request.http.header("user-agent"),
        },
        "domainName": identity.domain_name,
        "apiId": identity.api_id,
    }
