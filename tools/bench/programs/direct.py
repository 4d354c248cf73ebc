"""The same bytes as raw.py's, sent by Starlette itself: what a local Lambda's way through costs on top."""

from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

_ALPHABET = b"abcdefghijklmnopqrstuvwxyz"


async def body(request: Request) -> StreamingResponse:
    """`writes` chunks of `size` bytes, four different ones in turn."""
    writes, size = int(request.query_params["writes"]), int(request.query_params["size"])
    turned = [_ALPHABET[variant:] + _ALPHABET[:variant] for variant in range(4)]
    ready = [(letters * (size // 26 + 1))[:size] for letters in turned]

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(writes):
            yield ready[number & 3]

    return StreamingResponse(chunks(), media_type="text/plain")


app = Starlette(routes=[Route("/", body)])
