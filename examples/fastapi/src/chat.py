"""A chat: `GET /` is its page, `POST /chat` answers a message with server-sent events, a token in each.

Tokens come from Amazon Bedrock where BEDROCK_MODEL_ID names a model, else from a stand-in without one.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, StringConstraints

from lambda_streaming.asgi import asgi
from model import Model, ModelFailed

PAGE = Path(__file__).with_name("page.html")


def chosen_model() -> Model:
    """The model that the environment names; boto3 is imported only for it."""
    if model_id := os.environ.get("BEDROCK_MODEL_ID"):
        from bedrock import BedrockModel

        return BedrockModel(model_id)
    from stand_in import StandIn

    return StandIn()


app = FastAPI(title="Chat", docs_url=None, redoc_url=None, openapi_url=None)
model = chosen_model()


class Question(BaseModel):
    """What the page sends."""

    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


@app.get("/")
async def page() -> FileResponse:
    """Send the page."""
    return FileResponse(PAGE, media_type="text/html; charset=utf-8")


@app.post("/chat")
def chat(question: Question) -> StreamingResponse:
    """Answer a message; the tokens are taken in a thread, each sent as it comes."""
    return StreamingResponse(
        events(question.message), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


def events(message: str) -> Iterator[str]:
    """The tokens of an answer as events, at last `done`, or `failed`: the status has left by then."""
    try:
        for token in model.tokens(message):
            yield event("token", token)
    except ModelFailed as error:
        yield event("failed", str(error))
    else:
        yield event("done", "")


def event(name: str, text: str) -> str:
    """One server-sent event; as JSON, a text may have line breaks."""
    return f"event: {name}\ndata: {json.dumps(text)}\n\n"


handler = asgi(app)
