"""The bench's function as an async generator."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from steps import METADATA, chunks, steps

from lambda_streaming import streamify_response


@streamify_response
async def handler(event: dict[str, Any], _context: Any) -> AsyncIterator[dict[str, Any] | bytes]:
    """Yield what the event's query string asks for."""
    query = event["queryStringParameters"]
    yield METADATA
    if query["mode"] == "body":
        ready = chunks(int(query["size"]))
        for number in range(int(query["writes"])):
            yield ready[number & 3]
        return
    for step in steps(query):
        if isinstance(step, float):
            await asyncio.sleep(step)
        else:
            yield step
