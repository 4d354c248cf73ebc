"""Events of HTTP requests, as a function URL (payload format 2.0) and a REST API (1.0) make them."""

from __future__ import annotations

import base64
from typing import Any


def url_event(
    path: str = "/", method: str = "GET", query: str = "", body: bytes | None = None, **headers: str
) -> dict[str, Any]:
    """Return a function URL's event; ``some_header`` is sent as ``some-header``."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "host": "abc.lambda-url.eu-central-1.on.aws",
            "x-forwarded-proto": "https",
            "x-forwarded-port": "443",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        "requestContext": {
            "stage": "$default",
            "domainName": "abc.lambda-url.eu-central-1.on.aws",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7"},
        },
        "isBase64Encoded": body is not None,
    }
    if body is not None:
        event["body"] = base64.b64encode(body).decode()
    return event


def rest_event(
    path: str = "/", method: str = "GET", body: bytes | None = None, **fields: Any
) -> dict[str, Any]:
    """Return a REST API's event for ``path`` below the stage "prod"; ``fields`` replace what it has."""
    headers = {"Host": "abc.execute-api.eu-central-1.amazonaws.com", "X-Forwarded-Proto": "https"}
    event: dict[str, Any] = {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "path": f"/prod{path}",
            "stage": "prod",
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.7"},
        },
        "body": None if body is None else base64.b64encode(body).decode(),
        "isBase64Encoded": body is not None,
    }
    return {**event, **fields}
