"""A request, as a function URL passes it to a function, and the function's response, as it comes back.

The event is made as the local Lambda makes it, the stream goes through the layer's own code into a Runtime
API in memory, and the prelude is read as the local Lambda reads it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lambda_streaming._context import LambdaContext
from lambda_streaming._in_memory_client import InMemoryClient, StreamingInMemory
from lambda_streaming._invocation import Invocation
from lambda_streaming._response_stream import ResponseStream
from lambda_streaming.testing import lambda_context
from local_lambda.endpoints.function_url.event import UrlIdentity, url_event
from local_lambda.endpoints.prelude import PreludeDecoder
from local_lambda.http.message import HttpRequest

_URL = UrlIdentity.of("suite", "eu-central-1")


@dataclass(frozen=True)
class Answer:
    """What the client of a function URL gets."""

    status: int
    headers: list[tuple[str, str]]
    chunks: list[bytes]


class Exchange:
    """One invocation: its ``event``, ``stream`` and ``context`` are a handler's arguments."""

    def __init__(
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        client: tuple[str, int],
    ) -> None:
        request_id = str(uuid.uuid4())
        request = HttpRequest(method, target, list(headers), *client)
        event = url_event(request, body, _URL, request_id=request_id, trace_id="Root=1-0-0", epoch_ms=0)
        self.event: dict[str, Any] = json.loads(event)
        self.context: LambdaContext = lambda_context(aws_request_id=request_id)
        self._client = InMemoryClient()
        invocation = Invocation({"lambda-runtime-aws-request-id": request_id}, b"")
        self.stream: ResponseStream = StreamingInMemory(self._client).open(invocation)

    def answer(self) -> Answer | None:
        """Return what has been sent, or None where that is nothing."""
        if not self.stream.used or self.stream.abandon():
            return None
        self.stream.fail({})  # what an exception has left open ends where it is
        decoder = PreludeDecoder()
        chunks = [decoder.feed(chunk) for chunk in self._client.exchange_of_response().chunks]
        assert decoder.prelude is not None
        headers = [(name, str(value)) for name, value in decoder.prelude.headers.items()]
        headers += [("set-cookie", str(cookie)) for cookie in decoder.prelude.cookies]
        return Answer(int(decoder.prelude.status), headers, [chunk for chunk in chunks if chunk])
