"""Chat completions as in OpenAI's API: `POST /v1/chat/completions`, streamed or whole, and `GET /v1/models`.

https://platform.openai.com/docs/api-reference/chat (create, streaming)
"""

import base64
import hmac
import json
import logging
import os
import time
from collections.abc import Iterator
from typing import Any

from lambda_streaming import streamify_response
from lambda_streaming.sse import Event
from replies import Finished, ModelError, reply

LOGGER = logging.getLogger(__name__)
API_KEY = os.environ["API_KEY"]
MODEL = os.environ.get("BEDROCK_MODEL_ID") or "stand-in"


@streamify_response
def handler(event: dict[str, Any], context: Any) -> Iterator[dict[str, Any] | bytes] | dict[str, Any]:
    """Route a request."""
    if not _has_key(event):
        return _error(401, "invalid_api_key", "Incorrect API key provided.")
    route = f"{event['requestContext']['http']['method']} {event['rawPath']}"
    if route == "GET /v1/models":
        return _json(200, {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "aws"}]})
    if route != "POST /v1/chat/completions":
        return _error(404, "not_found", "Expected POST /v1/chat/completions or GET /v1/models.")
    try:
        request = _request(event)
    except ValueError as error:
        return _error(400, "invalid_request_error", str(error))
    head = {"id": f"chatcmpl-{context.aws_request_id}", "created": int(time.time()), "model": MODEL}
    return _streamed(head, request) if request.get("stream") else _whole(head, request)


def _has_key(event: dict[str, Any]) -> bool:
    scheme, _, key = event["headers"].get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(key.encode(), API_KEY.encode())


def _request(event: dict[str, Any]) -> dict[str, Any]:
    """Return the request's document. Raises ValueError for what is none."""
    body = event.get("body", "")
    document = json.loads(base64.b64decode(body) if event["isBase64Encoded"] else body)
    if not isinstance(document, dict) or not isinstance(document.get("messages"), list):
        raise ValueError("expected an object with a list of messages")
    if not document["messages"]:
        raise ValueError("expected at least one message")
    return document


def _streamed(head: dict[str, Any], request: dict[str, Any]) -> Iterator[dict[str, Any] | bytes]:
    """Yield the head of the response, a chunk for each token, and the mark that ends it."""
    yield {"headers": {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}}

    def chunk(delta: dict[str, str], finish_reason: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return Event({**head, "object": "chat.completion.chunk", "choices": [choice]})

    yield chunk({"role": "assistant", "content": ""})
    try:
        for part in reply(request):
            if isinstance(part, Finished):
                yield chunk({}, part.reason)
                if (request.get("stream_options") or {}).get("include_usage"):
                    yield Event(
                        {**head, "object": "chat.completion.chunk", "choices": [], "usage": part.usage}
                    )
            else:
                yield chunk({"content": part})
    except ModelError as error:
        LOGGER.error("The model failed: %s", error.__cause__)
        yield Event(_error_document("server_error", str(error)))  # the status has been sent
        return
    yield Event("[DONE]")


def _whole(head: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    text, finished = "", Finished("stop", {})
    try:
        for part in reply(request):
            if isinstance(part, Finished):
                finished = part
            else:
                text += part
    except ModelError as error:
        LOGGER.error("The model failed: %s", error.__cause__)
        return _error(503, "server_error", str(error))
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finished.reason}
    return _json(200, {**head, "object": "chat.completion", "choices": [choice], "usage": finished.usage})


def _error(status: int, code: str, message: str) -> dict[str, Any]:
    return _json(status, _error_document(code, message))


def _error_document(code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": code, "param": None, "code": code}}


def _json(status: int, document: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(document)}
