"""Call a streaming handler: how each form of it comes to write to a response stream.

| form | what is streamed |
|---|---|
| ``def`` or ``async def`` ``(event, response_stream, context)`` | what it writes |
| generator or async generator ``(event, context)`` | what it yields, first the metadata if it likes |
| ``def`` or ``async def`` ``(event, context)`` that returns | what it returns |
"""

from __future__ import annotations

from lambda_streaming import _decorator, _log
from lambda_streaming._http_response_stream import HttpResponseStream
from lambda_streaming._pipeline import write_all, write_all_async

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._event_loop import EventLoop
    from lambda_streaming._invocation import LambdaContext
    from lambda_streaming._response_stream import ResponseStream


def call_streaming(
    handler: Callable[..., Any], event: Any, stream: ResponseStream, context: LambdaContext, loop: EventLoop
) -> None:
    """Call a decorated handler, bring what it produces to ``stream``, and end that."""
    if _decorator.argument_count(handler) == 3:
        result = handler(event, stream, context)
        if hasattr(result, "__await__"):
            result = loop.run(result)
        if result is not None:
            _log.warning("Streaming handlers ignore return values.")
    else:
        result = handler(event, context)
        if hasattr(result, "__await__"):
            result = loop.run(result)
        _stream_result(result, stream, loop)
    stream.end()


def _stream_result(result: Any, stream: ResponseStream, loop: EventLoop) -> None:
    def write(item: Any) -> None:
        if isinstance(item, dict):
            HttpResponseStream.from_(stream, item)
        else:
            stream.write(item)

    if isinstance(result, (dict, str)):
        from lambda_streaming import _function_url_response

        _function_url_response.send(result, stream)
    elif hasattr(result, "__aiter__"):
        loop.run(write_all_async(result, write))
    elif hasattr(result, "__next__"):  # a generator; or a file, which is copied rather than read by lines
        write_all(result, stream, write)
    else:
        write_all(result, stream, stream.write)
