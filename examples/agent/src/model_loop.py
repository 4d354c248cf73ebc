"""The loop of an agent over Bedrock's ConverseStream: ask, run the tools that the model wants, ask again.

https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use.html
"""

import json
import logging
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambda_streaming.sse import Event, PublicError
from letters import count_letters

LOGGER = logging.getLogger(__name__)
MAX_TURNS = 5
MAX_TOKENS = 500
TOOLS = {"count_letters": count_letters}
TOOL_CONFIG = {
    "tools": [
        {
            "toolSpec": {
                "name": "count_letters",
                "description": count_letters.__doc__,
                "inputSchema": {
                    "json": {
                        "type": "object",
                        "properties": {"word": {"type": "string"}, "letter": {"type": "string"}},
                        "required": ["word", "letter"],
                    }
                },
            }
        }
    ]
}


def answer(client: Any, model_id: str, question: str) -> Iterator[Event]:
    """Yield the events of an answer. Raises PublicError where there is none."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": [{"text": question}]}]
    try:
        for _ in range(MAX_TURNS):
            content, stop_reason = yield from _turn(client, model_id, messages)
            messages.append({"role": "assistant", "content": content})
            if stop_reason != "tool_use":
                return
            results = []
            for use in (block["toolUse"] for block in content if "toolUse" in block):
                results.append((yield from _use_tool(use)))
            messages.append({"role": "user", "content": results})
    except (ClientError, BotoCoreError) as error:
        LOGGER.error("Bedrock failed: %s", error)  # it may tell about the account: not for the client
        raise PublicError("The model could not answer.") from error
    raise PublicError(f"There was no answer after {MAX_TURNS} turns.")


def _turn(
    client: Any, model_id: str, messages: list[dict[str, Any]]
) -> Generator[Event, None, tuple[list[dict[str, Any]], str]]:
    """Ask the model once; yield its tokens, return its message's content and why it stopped."""
    response = client.converse_stream(
        modelId=model_id,
        messages=messages,
        toolConfig=TOOL_CONFIG,
        inferenceConfig={"maxTokens": MAX_TOKENS},
    )
    content: list[dict[str, Any]] = []
    stop_reason = ""
    with closing(response["stream"]) as stream:
        for part in stream:
            if start := part.get("contentBlockStart", {}).get("start", {}).get("toolUse"):
                content.append({"toolUse": {**start, "input": ""}})
            delta = part.get("contentBlockDelta", {}).get("delta", {})
            if text := delta.get("text"):
                yield Event(text, event="token")
                if not content or "text" not in content[-1]:
                    content.append({"text": ""})
                content[-1]["text"] += text
            if "toolUse" in delta:
                content[-1]["toolUse"]["input"] += delta["toolUse"]["input"]
            stop_reason = part.get("messageStop", {}).get("stopReason", stop_reason)
    for block in content:
        if "toolUse" in block:
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"] or "{}")
    return content, stop_reason


def _use_tool(use: dict[str, Any]) -> Generator[Event, None, dict[str, Any]]:
    """Run a tool that the model wants; yield what is done, return what the model gets."""
    tool_use_id = use["toolUseId"]
    yield Event({"id": tool_use_id, "name": use["name"], "input": use["input"]}, event="tool")
    outcome: dict[str, Any]
    try:
        outcome, status = {"result": TOOLS[use["name"]](**use["input"])}, "success"
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # which the model may mend
        outcome, status = {"error": f"{type(error).__name__}: {error}"}, "error"
    yield Event({"id": tool_use_id, **outcome}, event="tool_result")
    return {"toolResult": {"toolUseId": tool_use_id, "content": [{"json": outcome}], "status": status}}
