"""The event that asks a function of the bench for a body: 1 KB, function URL, payload format 2.0."""

import json
from typing import Any

# Bodies are made of letters: no CR (the server finds the end of a chunked body by CR LF CR LF), and nothing
# that JSON escapes (a buffered answer is as long as a streamed one).
ALPHABET = b"abcdefghijklmnopqrstuvwxyz"
VARIANTS = 4  # so many different chunks take turns: swapped or repeated ones are noticed

_HEADERS = {
    "accept": "*/*",
    "accept-encoding": "gzip, br",
    "host": "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws",
    "user-agent": "bench/1.0",
    "x-amzn-trace-id": "Root=1-65f0c3a1-1a2b3c4d5e6f708192a3b4c5",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}


def event(mode: str, **parameters: int) -> bytes:
    """The JSON of an event for `mode`, the parameters in its query string."""
    query = {"mode": mode} | {name: str(value) for name, value in parameters.items()}
    document: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/bench",
        "rawQueryString": "&".join(f"{name}={value}" for name, value in query.items()),
        "headers": _HEADERS,
        "queryStringParameters": query,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abcdefghijklmnopqrstuvwxyz012345",
            "domainName": _HEADERS["host"],
            "domainPrefix": "abcdefghijklmnopqrstuvwxyz012345",
            "http": {
                "method": "GET",
                "path": "/bench",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "bench/1.0",
            },
            "requestId": "6f1d2c3b-8a4e-4f5d-9c1b-2e3f4a5b6c7d",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:11:00:00 +0000",
            "timeEpoch": 1795345200000,
        },
        "isBase64Encoded": False,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def chunk(size: int, variant: int) -> bytes:
    """The `variant`-th of the chunks that every function of the bench writes in turn."""
    turned = ALPHABET[variant:] + ALPHABET[:variant]
    return (turned * (size // len(turned) + 1))[:size]


def expected_body(writes: int, size: int) -> bytes:
    """What must arrive for `mode=body`."""
    chunks = [chunk(size, variant) for variant in range(VARIANTS)]
    return b"".join(chunks[number % VARIANTS] for number in range(writes))
