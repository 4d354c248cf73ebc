"""Call a streaming handler, and bring what it produces to the response stream.

| form of the handler | what is streamed |
|---|---|
| ``(event, response_stream, context)``, ``(event, context, response_stream)`` | what it writes |
| generator or async generator ``(event, context)`` | what it yields, first the metadata if it likes |
| ``(event, context)`` that returns | what it returns, or has written to ``context.response_stream`` |

Each may be a ``def`` or an ``async def``.
"""

from __future__ import annotations

from lambda_streaming import _log
from lambda_streaming._call_form import name_of
from lambda_streaming._event_loop import environment
from lambda_streaming._http_response_stream import HttpResponseStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from lambda_streaming._call_form import CallForm
    from lambda_streaming._response_stream import ResponseStream
    from lambda_streaming._untouched import Source


def stream_response_of(
    handler: Callable[..., Any],
    form: CallForm,
    event: Any,
    context: Any,
    stream: ResponseStream,
    more: dict[str, Any],
) -> Any:
    """Call ``handler`` and bring its response to ``stream``, without the end: it may have decorators above.

    Returns the status, in a dict, for decorators that look at it; or the awaitable of that, where an event
    loop is running in this thread already.
    """
    try:
        result = form.call(handler, event, context, stream, more)
    except Exception as error:
        from lambda_streaming._call_error import explanation

        if (explained := explanation(error, handler, form, context, stream)) is not None:
            raise explained from error
        raise
    bring = _bring_nothing if form.takes_stream else bring_result
    return deliver(handler, result, stream, bring)


def deliver(
    handler: Callable[..., Any],
    result: Any,
    stream: ResponseStream,
    bring: Callable[[Callable[..., Any], Any, ResponseStream], Awaitable[None] | None],
) -> Any:
    """``bring`` a handler's result to ``stream``, once it is there: it may have to be awaited."""
    if hasattr(result, "__await__"):
        from lambda_streaming._untouched import Source

        Source(result).check_untouched(handler)
        return _run(_deliver_awaited(handler, result, stream, bring))
    pending = bring(handler, result, stream)
    return _outcome(stream) if pending is None else _run(_deliver_pending(pending, stream))


async def _deliver_awaited(handler: Any, result: Any, stream: ResponseStream, bring: Any) -> dict[str, int]:
    while hasattr(result, "__await__"):
        result = await result
    pending = bring(handler, result, stream)
    if pending is not None:
        await pending
    return _outcome(stream)


async def _deliver_pending(pending: Awaitable[None], stream: ResponseStream) -> dict[str, int]:
    await pending
    return _outcome(stream)


def _outcome(stream: ResponseStream) -> dict[str, int]:
    """Return what a decorator above gets to see: to Datadog, None would be a 502."""
    stream.claim()
    return {"statusCode": stream.status_code}


def warn_of(result: object, stream: ResponseStream) -> None:
    """Log that what was returned beside the stream is ignored, unless it is no more than the status sent."""
    is_status = isinstance(result, dict) and result == {"statusCode": stream.status_code}
    if result is not None and not is_status:
        _log.warning("Streaming handlers ignore return values.")


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run ``work`` to its end; under an event loop that runs already, return it to be awaited."""
    return work if environment.runs_here() else environment.run(work)


def _bring_nothing(handler: Callable[..., Any], result: Any, stream: ResponseStream) -> None:
    """Take what a handler returns that was given the stream: nothing, or it is told."""
    if hasattr(result, "__next__") or hasattr(result, "__anext__"):
        raise TypeError(f"{name_of(handler)}() yields its body, so it must take (event, context)")
    warn_of(result, stream)


def bring_result(handler: Callable[..., Any], result: Any, stream: ResponseStream) -> Awaitable[None] | None:
    """Stream what a handler of ``(event, context)`` has returned; return what is still to be awaited of it.

    Raises InvalidStreamingOperation for what somebody else has consumed, TypeError for what is no body.
    """
    if stream.used and not hasattr(result, "__next__") and not hasattr(result, "__aiter__"):
        warn_of(result, stream)
        return None
    from lambda_streaming._pipeline import write_all
    from lambda_streaming._untouched import Source

    source = Source(result)
    source.check_untouched(handler)

    def write(item: Any) -> None:
        if isinstance(item, dict):
            HttpResponseStream.from_(stream, item)
        else:
            stream.write(item)

    if isinstance(result, (dict, str)):
        from lambda_streaming import _function_url_response

        _function_url_response.send(result, stream)
    elif hasattr(result, "__aiter__"):
        return _bring_async(handler, source, stream, write)
    else:

        def bring() -> None:
            # a generator; or a file, which is copied rather than read by lines
            write_all(result, stream, write if hasattr(result, "__next__") else stream.write)
            source.check_streamed(handler, stream)

        return stream.in_thread(bring) or bring()  # type: ignore[func-returns-value]
    return None


async def _bring_async(
    handler: Callable[..., Any], source: Source, stream: ResponseStream, write: Callable[[Any], None]
) -> None:
    from lambda_streaming._pipeline import write_all_async

    await write_all_async(source.value, stream, write)
    source.check_streamed(handler, stream)
