"""The bench's function as a FastAPI application."""

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from web_body import body

app = FastAPI()


@app.get("/bench")
async def answer(request: Request) -> StreamingResponse:
    """Stream what the query asks for."""
    return StreamingResponse(body(request.query_params), media_type="text/plain")
