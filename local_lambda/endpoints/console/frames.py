"""The messages of a response on its way to the page: what the endpoint does, as it does it.

They have AWS's event stream encoding, so that the page needs one decoder for them and for the payload of
InvokeWithResponseStream: Invocation, Head, PayloadChunk as the bytes come, End.
"""

import json
from typing import Any

from local_lambda.endpoints.eventstream import message, payload_chunk
from local_lambda.http.message import Headers

chunk = payload_chunk


def invocation(request_id: str) -> bytes:
    """The request has become this invocation: its log can be followed from now on."""
    return _event("Invocation", {"requestId": request_id})


def head(status: int, headers: Headers) -> bytes:
    """Status and headers, all of them and in their order: a page's own requests are not shown Set-Cookie."""
    return _event("Head", {"status": status, "headers": headers})


def end(*, cut: bool) -> bytes:
    """The response is complete, or was cut where it stood."""
    return _event("End", {"cut": cut})


def _event(name: str, document: dict[str, Any]) -> bytes:
    headers = [(":message-type", "event"), (":event-type", name), (":content-type", "application/json")]
    return message(headers, json.dumps(document).encode())
