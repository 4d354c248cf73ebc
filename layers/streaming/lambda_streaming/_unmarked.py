"""What a handler without ``@streamify_response`` returns and Lambda could only refuse: it is streamed.

So a forgotten decorator, and a wrapper that lost what the decorator had left, do no harm. What JSON can say
stays JSON, and an iterable that is no iterator stays the error that it is under Lambda's own loop.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._context import LambdaContext


def decorated(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``handler``; decorated, where the decorator must have been forgotten."""
    from lambda_streaming import _powertools_tracer
    from lambda_streaming._decorator import streamify_response

    if _takes_stream(handler) or _powertools_tracer.keeps_the_body(handler) is not None:
        return streamify_response(handler)
    return handler


def _takes_stream(handler: Callable[..., Any]) -> bool:
    """Tell whether ``handler`` is a function of three plain arguments, of which one is the stream."""
    code = getattr(handler, "__code__", None)
    if code is None or code.co_argcount != 3 or getattr(handler, "__defaults__", None):
        return False
    return any("stream" in name for name in code.co_varnames[1:3])


def streamed(handler: Callable[..., Any], result: Any, context: LambdaContext) -> Any:
    """Stream a generator, an iterator, a file or a coroutine; return anything else, or what one came to."""
    if not _is_streamable(result) or _has_streamed(context):
        return result
    from lambda_streaming._event_loop import environment
    from lambda_streaming._handler_result import bring_result, deliver
    from lambda_streaming._untouched import Source

    while hasattr(result, "__await__"):
        Source(result).check_untouched(handler)
        result = environment.run(result)
    if _has_streamed(context) or not (_is_streamable(result) or _is_response(result)):
        return result
    return deliver(handler, result, context.response_stream, bring_result)


async def streamed_here(handler: Callable[..., Any], result: Any, context: LambdaContext) -> Any:
    """Do what ``streamed`` does, on an event loop that is running."""
    from lambda_streaming._handler_result import bring_result, deliver
    from lambda_streaming._untouched import Source

    is_awaited = hasattr(result, "__await__")
    while hasattr(result, "__await__"):
        Source(result).check_untouched(handler)
        result = await result
    if _has_streamed(context) or not (_is_streamable(result) or (is_awaited and _is_response(result))):
        return result
    outcome = deliver(handler, result, context.response_stream, bring_result)
    return await outcome if hasattr(outcome, "__await__") else outcome


def _is_streamable(result: Any) -> bool:
    if isinstance(result, (dict, str, list, tuple, int, float, bytes)) or hasattr(result, "_asdict"):
        return False  # JSON, as Lambda's own loop writes it
    if any(hasattr(result, name) for name in ("__next__", "__anext__", "__await__")):
        return True
    return all(hasattr(result, name) for name in ("read", "close", "__iter__"))


def _is_response(result: object) -> bool:
    """Tell whether an ``async def`` returned a response, which it could not under Lambda's own loop."""
    return isinstance(result, str) or (isinstance(result, dict) and "statusCode" in result)


def _has_streamed(context: LambdaContext) -> bool:
    return context.response_stream.used
