"""A stand-in for Bedrock's ConverseStream: needs no account, and answers a question always the same."""

import json
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

SECONDS_A_TOKEN = 0.05


class StandInSession:
    """What of boto3's session an agent uses."""

    region_name = "us-east-1"

    def client(self, *_: Any, **__: Any) -> Any:
        """Return a client whose model is the stand-in."""
        return StandInClient()


class StandInClient:
    """What of a client of bedrock-runtime an agent uses."""

    meta = SimpleNamespace(region_name="us-east-1")

    def converse_stream(self, *, messages: list[dict[str, Any]], **_: Any) -> dict[str, Any]:
        """Ask for the tool with the question's longest word; once it has the result, say it."""
        results = [block["toolResult"] for block in messages[-1]["content"] if "toolResult" in block]
        if results:
            outcome = results[0]["content"][0].get("json", {})
            return {"stream": _message(f"I have counted them: there are {outcome.get('result')}.", None)}
        words = messages[-1]["content"][0]["text"].replace("?", "").split()
        word = max(words, key=len)
        letter = next((one for one in words if len(one) == 1 and one not in "aAI"), "r")
        return {"stream": _message(f"Let me look at {word} more closely.", {"word": word, "letter": letter})}


def _message(text: str, tool_input: dict[str, str] | None) -> Iterator[dict[str, Any]]:
    yield {"messageStart": {"role": "assistant"}}
    for number, word in enumerate(text.split(" ")):
        time.sleep(SECONDS_A_TOKEN)
        delta = {"text": f" {word}" if number else word}
        yield {"contentBlockDelta": {"contentBlockIndex": 0, "delta": delta}}
    yield {"contentBlockStop": {"contentBlockIndex": 0}}
    if tool_input is not None:
        start = {"toolUse": {"toolUseId": "use-1", "name": "count_letters"}}
        yield {"contentBlockStart": {"contentBlockIndex": 1, "start": start}}
        encoded = json.dumps(tool_input)
        for part in (encoded[:9], encoded[9:]):  # a model's comes in pieces, too
            yield {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"toolUse": {"input": part}}}}
        yield {"contentBlockStop": {"contentBlockIndex": 1}}
    yield {"messageStop": {"stopReason": "end_turn" if tool_input is None else "tool_use"}}
