"""What replies to a conversation: a model of Amazon Bedrock, or a stand-in that needs no account."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

MODEL_ID = os.environ.get("BEDROCK_MODEL_ID", "")
MAX_TOKENS = 500
SECONDS_A_TOKEN = 0.05
# Bedrock's stopReason as OpenAI's finish_reason; whatever else it is, the model has stopped.
REASONS = {
    "max_tokens": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}


class ModelError(Exception):
    """The reply ends here. The text may be shown to the user."""


@dataclass
class Finished:
    """The end of a reply: why, and how many tokens went in and out."""

    reason: str
    usage: dict[str, int]


def reply(request: dict[str, Any]) -> Iterator[str | Finished]:
    """Yield the tokens of a reply, then its end. Raises ModelError."""
    return _by_bedrock(request) if MODEL_ID else _by_stand_in(request)


def _by_stand_in(request: dict[str, Any]) -> Iterator[str | Finished]:
    words = _text(request["messages"][-1]).split()
    for number, word in enumerate(reversed(words)):
        time.sleep(SECONDS_A_TOKEN)
        yield f" {word}" if number else word
    yield Finished("stop", _usage(len(words), len(words)))


if MODEL_ID:
    import boto3

    CLIENT: Any = boto3.client("bedrock-runtime")


def _by_bedrock(request: dict[str, Any]) -> Iterator[str | Finished]:
    from botocore.exceptions import BotoCoreError, ClientError

    messages = request["messages"]
    inference = {"maxTokens": request.get("max_completion_tokens") or request.get("max_tokens") or MAX_TOKENS}
    if (temperature := request.get("temperature")) is not None:
        inference["temperature"] = temperature
    reason, usage = "stop", _usage(0, 0)
    try:
        response = CLIENT.converse_stream(
            modelId=MODEL_ID,
            system=[{"text": _text(one)} for one in messages if one["role"] in ("system", "developer")],
            messages=[
                {"role": one["role"], "content": [{"text": _text(one)}]}
                for one in messages
                if one["role"] in ("user", "assistant")
            ],
            inferenceConfig=inference,
        )
        with closing(response["stream"]) as stream:
            for part in stream:
                if text := part.get("contentBlockDelta", {}).get("delta", {}).get("text"):
                    yield text
                if stop := part.get("messageStop"):
                    reason = REASONS.get(stop["stopReason"], "stop")
                if counted := part.get("metadata", {}).get("usage"):
                    usage = _usage(counted["inputTokens"], counted["outputTokens"])
    except (ClientError, BotoCoreError) as error:
        raise ModelError("The model could not answer.") from error
    yield Finished(reason, usage)


def _text(message: dict[str, Any]) -> str:
    """Return a message's text: a str, or parts of which only text is passed on."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def _usage(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
