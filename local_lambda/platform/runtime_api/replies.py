"""How the Runtime API reads what a runtime posts, and how it replies.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json

from local_lambda.http.exchange import Exchange
from local_lambda.platform.runtime_api.states import Rejection


async def read_all(exchange: Exchange, limit: int | None = None) -> bytes:
    """Return the whole body. What goes beyond the limit is read, but only its first piece is kept."""
    body = bytearray()
    while data := await exchange.read():
        if limit is None or len(body) <= limit:
            body += data
    return bytes(body)


def accepted(exchange: Exchange) -> None:
    """Reply to a valid call."""
    _respond(exchange, 202, "application/json", '{"status":"OK"}\n')


def reject(exchange: Exchange, rejection: Rejection) -> None:
    """Reply to an invalid call."""
    body = json.dumps({"errorMessage": rejection.message, "errorType": rejection.error_type})
    _respond(exchange, rejection.status, "application/json", body + "\n")


def text(exchange: Exchange, status: int, body: str) -> None:
    """Reply in plain text."""
    _respond(exchange, status, "text/plain; charset=utf-8", body)


def _respond(exchange: Exchange, status: int, content_type: str, body: str) -> None:
    data = body.encode()
    exchange.respond(status, [("Content-Type", content_type), ("Content-Length", str(len(data)))], data)
