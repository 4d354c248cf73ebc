"""An agent that uses a tool: `GET /` is its page, `GET /ask?question=...&agent=loop` its events.

The events are `token` (text), `tool` (id, name, input), `tool_result` (id, result or error), and at the end
`end` or `error`. The model is the one of Amazon Bedrock that BEDROCK_MODEL_ID names; without it, a stand-in.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import model_loop
from lambda_streaming.sse import Event, events

PAGE = Path(__file__).with_name("page.html").read_text("utf-8")
LONGEST_QUESTION = 2000  # characters
MODEL_ID = os.environ.get("BEDROCK_MODEL_ID", "")


def session() -> Any:
    """Return what has clients of Bedrock: boto3's own session, or one whose clients are stand-ins."""
    if MODEL_ID:
        import boto3

        return boto3.Session()
    from converse_stand_in import StandInSession

    return StandInSession()


SESSION = session()
CLIENT = SESSION.client("bedrock-runtime")


@events
def handler(
    event: dict[str, Any], context: Any
) -> Iterator[Event] | AsyncIterator[Event] | dict[str, object]:
    """Route a request."""
    if event["rawPath"] == "/":
        return {"statusCode": 200, "headers": {"Content-Type": "text/html; charset=utf-8"}, "body": PAGE}
    query = event.get("queryStringParameters", {})
    question = query.get("question", "").strip()
    if event["rawPath"] != "/ask" or not 0 < len(question) <= LONGEST_QUESTION:
        return {"statusCode": 404, "body": "expected GET / or GET /ask?question=...\n"}
    if query.get("agent") == "strands":
        from strands_agent import answer  # a second of cold start, for those who ask for it

        return answer(SESSION, MODEL_ID or "stand-in", question)
    return model_loop.answer(CLIENT, MODEL_ID or "stand-in", question)
