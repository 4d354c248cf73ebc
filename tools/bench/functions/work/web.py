"""The bench's function as a Starlette application."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from web_body import body


async def _answer(request: Request) -> StreamingResponse:
    return StreamingResponse(body(request.query_params), media_type="text/plain")


app = Starlette(routes=[Route("/bench", _answer)])
