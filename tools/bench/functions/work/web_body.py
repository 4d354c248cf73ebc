"""What the bench's web applications stream."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from steps import chunks, steps


async def body(query: Mapping[str, str]) -> AsyncIterator[bytes]:
    """The chunks that a query asks for."""
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
