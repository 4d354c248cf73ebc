"""A chat: `GET /` is its page, `POST /chat` replies to a message in server-sent events, one for each token.

The tokens come from the Amazon Bedrock model that BEDROCK_MODEL_ID names; without it, from a stand-in.
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
    """Return the model that the environment names, or the stand-in; only the former imports boto3."""
    if model_id := os.environ.get("BEDROCK_MODEL_ID"):
        from bedrock import BedrockModel

        return BedrockModel(model_id)
    from stand_in import StandIn

    return StandIn()


app = FastAPI(title="Chat", docs_url=None, redoc_url=None, openapi_url=None)
model = chosen_model()


class Question(BaseModel):
    """The message that the page sends."""

    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


@app.get("/")
async def page() -> FileResponse:
    """Send the page."""
    return FileResponse(PAGE, media_type="text/html; charset=utf-8")


@app.post("/chat")
def chat(question: Question) -> StreamingResponse:
    """Reply to a message. The tokens are read in a thread, and each is sent as it arrives."""
    return StreamingResponse(
        events(question.message), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


def events(message: str) -> Iterator[str]:
    """Yield the tokens of a reply as events, then `done`, or `failed`: the status has been sent by then."""
    try:
        for token in model.tokens(message):
            yield event("token", token)
    except ModelFailed as error:
        yield event("failed", str(error))
    else:
        yield event("done", "")


def event(name: str, text: str) -> str:
    """Return one server-sent event. Its data is JSON, so that a token may have line breaks."""
    return f"event: {name}\ndata: {json.dumps(text)}\n\n"


handler = asgi(app)
