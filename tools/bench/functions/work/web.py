"""The bench's function as a Starlette application."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from steps import chunks, steps


async def _body(query: Mapping[str, str]) -> AsyncIterator[bytes]:
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


async def _answer(request: Request) -> StreamingResponse:
    return StreamingResponse(_body(request.query_params), media_type="text/plain")


app = Starlette(routes=[Route("/bench", _answer)])
