"""The same agent with Strands Agents.

https://strandsagents.com (streaming, async iterators)
"""

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from strands import Agent, tool
from strands.models import BedrockModel

import letters
from lambda_streaming.sse import Event, PublicError

LOGGER = logging.getLogger(__name__)
MAX_TURNS = 5
MAX_TOKENS = 500


@tool
def count_letters(word: str, letter: str) -> dict[str, Any]:
    """Count how often a letter is in a word, whatever its case.

    Args:
        word: the word
        letter: the letter
    """
    return {"status": "success", "content": [{"json": {"result": letters.count_letters(word, letter)}}]}


async def answer(session: Any, model_id: str, question: str) -> AsyncIterator[Event]:
    """Yield the events of an answer. Raises PublicError where there is none."""
    model = BedrockModel(boto_session=session, model_id=model_id, max_tokens=MAX_TOKENS)
    agent = Agent(model=model, tools=[count_letters], callback_handler=None)
    try:
        async for part in agent.stream_async(question, limits={"turns": MAX_TURNS}):
            if "data" in part:
                yield Event(part["data"], event="token")
            elif "message" in part:
                for event in _tool_events(part["message"]["content"]):
                    yield event
    except (ClientError, BotoCoreError) as error:
        LOGGER.error("Bedrock failed: %s", error)
        raise PublicError("The model could not answer.") from error


def _tool_events(content: list[dict[str, Any]]) -> Iterator[Event]:
    for block in content:
        if use := block.get("toolUse"):
            yield Event({"id": use["toolUseId"], "name": use["name"], "input": use["input"]}, event="tool")
        if result := block.get("toolResult"):
            (part,) = result["content"]
            outcome = part.get("json") or {"error": part.get("text")}
            yield Event({"id": result["toolUseId"], **outcome}, event="tool_result")
