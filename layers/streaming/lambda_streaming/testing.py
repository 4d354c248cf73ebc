"""Test a function as it will be served: no local Lambda, no process, no socket.

    from lambda_streaming.testing import function_url_event, invoke

    response = invoke(handler, function_url_event("/", query="name=you"))
    assert (response.status, response.body) == (200, b"Hello, you")

``invoke`` runs the layer's own invocation loop over a Runtime API in memory, so every form of handler behaves
as it does on Lambda. Nothing of the runtime imports this module.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import logging
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl

from lambda_streaming import _lifecycle, _log, _logging_root
from lambda_streaming._context import LambdaContext
from lambda_streaming._event_loop import environment
from lambda_streaming._in_memory_client import Exchange, InMemoryClient, StreamingInMemory
from lambda_streaming._invocation import Invocation
from lambda_streaming._invocation_loop import InvocationLoop
from lambda_streaming.types import FunctionUrlEvent

__all__ = ["Response", "function_url_event", "invoke", "invoke_async", "lambda_context"]

_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:"
_HOST = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws"
_BAD_GATEWAY = (502, {"content-type": "application/json"}, b"Internal Server Error")


@dataclass(frozen=True)
class Response:
    """What a function URL's client would get, and what it would not.

    ``headers`` are by their names in lower case; ``cookies`` are the values of Set-Cookie. ``chunks`` are the
    pieces of the body as the function has sent them, each write for itself. ``error`` is what Lambda is told
    of an exception (``errorType``, ``errorMessage``, ``stackTrace``): before the first byte the status is
    502, after it ``body`` is what came before the error. ``logged`` is the function's log: what it printed,
    what it logged, and the runtime's own lines.
    """

    status: int
    headers: dict[str, str]
    cookies: list[str] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    error: dict[str, Any] | None = None
    logged: str = ""

    @property
    def body(self) -> bytes:
        """All of the body."""
        return b"".join(self.chunks)

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


def invoke(handler: Callable[..., Any], event: Any = None, context: Any = None) -> Response:
    """Invoke ``handler``, of any form, with an event that JSON can say; return its response.

    ``context`` is one of ``lambda_context``, or any object that takes an attribute ``response_stream``.
    An ASGI application's lifespan is started before and shut down after; what its startup raises is raised.
    Not to be called inside a running event loop: there, await ``invoke_async``.
    """
    body = json.dumps({} if event is None else event).encode()
    invocation = Invocation(
        {"lambda-runtime-aws-request-id": str(uuid.uuid4()), "content-type": "application/json"}, body
    )
    client = InMemoryClient()
    loop = InvocationLoop(client, handler)
    loop._streaming_parts = StreamingInMemory(client)
    with _captured_log(invocation.request_id) as log, _lifespan_of(handler):
        invocation.open_stream = loop._open_stream
        loop._respond(invocation, lambda event, own: loop._handler(event, _with_stream(context, own)))
    return _response(client.exchange_of_response(), log.getvalue())


async def invoke_async(handler: Callable[..., Any], event: Any = None, context: Any = None) -> Response:
    """Do what ``invoke`` does, from a test that is ``async``: in a thread, on the runtime's event loop."""
    return await asyncio.to_thread(invoke, handler, event, context)


def function_url_event(
    path: str = "/",
    method: str = "GET",
    *,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    cookies: Sequence[str] = (),
    body: bytes | str | None = None,
) -> FunctionUrlEvent:
    """Return the event of a request to a function URL, payload format 2.0.

    ``query`` is as in a URL, without the question mark. A ``body`` of bytes is base64 in the event.
    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    """
    named = {"host": _HOST, "x-forwarded-proto": "https", "x-forwarded-port": "443"}
    named |= {name.lower(): value for name, value in (headers or {}).items()}
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": named,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": _HOST.partition(".")[0],
            "domainName": _HOST,
            "domainPrefix": _HOST.partition(".")[0],
            "http": http,
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": isinstance(body, bytes),
    }
    if cookies:
        event["cookies"] = list(cookies)
        named["cookie"] = "; ".join(cookies)
    if query:
        event["queryStringParameters"] = _parameters(query)
    if body is not None:
        named["content-length"] = str(len(body.encode() if isinstance(body, str) else body))
        event["body"] = body if isinstance(body, str) else base64.b64encode(body).decode()
    return cast(FunctionUrlEvent, event)


def lambda_context(
    *,
    function_name: str = "function",
    memory_limit_in_mb: int = 128,
    remaining_time_in_millis: int = 3000,
    aws_request_id: str | None = None,
    invoked_function_arn: str | None = None,
) -> LambdaContext:
    """Return a context object as Lambda makes it, for ``invoke`` to put the response stream on.

    ``get_remaining_time_in_millis()`` counts down from ``remaining_time_in_millis``, in real time.
    """
    headers = {
        "lambda-runtime-aws-request-id": aws_request_id or str(uuid.uuid4()),
        "lambda-runtime-deadline-ms": str(int(time.time() * 1000) + remaining_time_in_millis),
        "lambda-runtime-invoked-function-arn": invoked_function_arn or _ARN + function_name,
    }
    environ = {
        "AWS_LAMBDA_FUNCTION_NAME": function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_limit_in_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function_name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
    }
    return LambdaContext(Invocation(headers, b""), environ, time.time, _log.from_context)


@contextlib.contextmanager
def _lifespan_of(handler: Callable[..., Any]) -> Iterator[None]:
    lifespan = _lifecycle.lifespan_of(handler)
    if lifespan is None:
        yield
        return
    environment.run(lifespan.startup())
    try:
        yield
    finally:
        environment.run(lifespan.shutdown())
        environment.run(asyncio.sleep(0))  # for its task to end


def _with_stream(context: Any, own: LambdaContext) -> Any:
    """Return ``context`` with the stream of the context that the runtime has made, or that one itself."""
    if context is None:
        made = lambda_context(aws_request_id=own.aws_request_id)
        return _with_stream(made, own)
    if isinstance(context, LambdaContext):
        context._invocation = own._invocation
    else:
        context.response_stream = own.response_stream
    return context


@contextlib.contextmanager
def _captured_log(request_id: str) -> Iterator[io.StringIO]:
    """Gather what is printed, logged and reported meanwhile, beside where it goes anyhow."""
    text = io.StringIO()
    sink = _TextSink(text)
    handler = _logging_root.make_handler(sink)
    before = (_log.state.sink, _log.state.emit, _log.state.request_id)
    _log.state.sink, _log.state.emit, _log.state.request_id = sink, None, request_id
    logging.getLogger().addHandler(handler)
    try:
        with contextlib.redirect_stdout(_Tee(text, sys.stdout)):
            yield text
    finally:
        logging.getLogger().removeHandler(handler)
        _log.state.sink, _log.state.emit, _log.state.request_id = before


class _TextSink(_log.Sink):
    def __init__(self, text: io.StringIO) -> None:
        super().__init__(None)
        self._text = text

    def write(self, message: str, _frame_type: int = 0) -> None:
        """Keep a message, with the line breaks and spaces that CloudWatch would show."""
        self._text.write(message.replace("\r", "\n").replace("\u00a0", " "))


class _Tee(io.TextIOBase):
    """Text that goes to two files."""

    def __init__(self, first: Any, second: Any) -> None:
        self._files = (first, second)

    def write(self, text: str) -> int:
        for file in self._files:
            file.write(text)
        return len(text)

    def flush(self) -> None:
        for file in self._files:
            file.flush()


def _response(exchange: Exchange, logged: str) -> Response:
    if exchange.path.endswith("/error"):
        status, headers, body = _BAD_GATEWAY
        return Response(status, dict(headers), [], [body], json.loads(exchange.body), logged)
    if not exchange.streamed:
        return _buffered(exchange, logged)
    error = exchange.error
    if exchange.content_type != "application/vnd.awslambda.http-integration-response":
        return Response(200, {"content-type": exchange.content_type}, [], exchange.chunks, error, logged)
    metadata = json.loads(exchange.chunks[0].removesuffix(b"\0" * 8))
    return Response(*_head(metadata), exchange.chunks[1:], error, logged)


def _buffered(exchange: Exchange, logged: str) -> Response:
    """Return what a BUFFERED function URL makes of what a handler has returned."""
    if exchange.content_type != "application/json":
        return Response(200, {"content-type": exchange.content_type}, [], [exchange.body], None, logged)
    result = json.loads(exchange.body)
    headers = {"content-type": "application/json"}
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result.encode() if isinstance(result, str) else exchange.body
        return Response(200, headers, [], [text], None, logged)
    status, own, cookies = _head(result)
    body = result.get("body") or ""
    if not isinstance(body, str):
        body = json.dumps(body)
    data = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    return Response(status, {**headers, **own}, cookies, [data] if data else [], None, logged)


def _head(metadata: Mapping[str, Any]) -> tuple[int, dict[str, str], list[str]]:
    several = {name: ", ".join(values) for name, values in (metadata.get("multiValueHeaders") or {}).items()}
    named = {**(metadata.get("headers") or {}), **several}
    headers = {name.lower(): str(value) for name, value in named.items()}
    return int(metadata.get("statusCode", 200)), headers, list(metadata.get("cookies") or [])


def _parameters(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters
