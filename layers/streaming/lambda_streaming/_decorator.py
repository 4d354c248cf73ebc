"""``@streamify_response``: a handler that streams, whoever calls it with ``(event, context)``."""

from __future__ import annotations

import os
import sys

from lambda_streaming._call_form import form_of
from lambda_streaming._handler_result import stream_response_of
from lambda_streaming._response_stream import ResponseStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from lambda_streaming.types import StreamingHandler

    Handler = TypeVar("Handler", bound=StreamingHandler)

# What a function that stands for another takes over from it. Since Python 3.14 annotations are evaluated when
# they are asked for, and __annotate__ does it.
_COPIED = ("__module__", "__name__", "__qualname__", "__doc__", "__type_params__")
_ANNOTATIONS = "__annotate__" if hasattr(ResponseStream.write, "__annotate__") else "__annotations__"


def streamify_response(handler: Handler) -> Handler:
    """Return ``handler`` as one that streams its response.

    Called by the runtime, or by a decorator above it, it brings all of its response to
    ``context.response_stream``, so that whatever the decorator measures covers the whole body, and returns
    the status alone, ``{"statusCode": 200}``.
    Called with any other context, as in a unit test, it is the function that was decorated.
    Raises TypeError, when the module is imported, for what can be seen to take other arguments.
    """
    if not callable(handler):
        raise TypeError(f"streamify_response decorates a function, got {type(handler).__name__}")
    form = form_of(handler)
    if "AWS_LAMBDA_RUNTIME_API" in os.environ and "lambda_streaming._main" not in sys.modules:
        _warn_of_other_runtime()
    tracer = None
    if hasattr(handler, "__wrapped__"):
        from lambda_streaming import _powertools_tracer

        tracer = _powertools_tracer.keeps_the_body(handler)

    def streaming(*args: Any, **kwargs: Any) -> Any:
        event, context, more = _event_and_context(args, kwargs)
        stream = getattr(context, "response_stream", None)
        if not isinstance(stream, ResponseStream):
            return handler(*args, **kwargs)
        if tracer is not None:
            _powertools_tracer.check(handler, tracer)
        return stream_response_of(handler, form, event, context, stream, more)

    _stand_for(streaming, handler)
    return streaming  # type: ignore[return-value]


def _warn_of_other_runtime() -> None:
    """Log, when the module is imported on Lambda, that a loop which cannot stream will call the handler."""
    if os.environ.get("LAMBDA_STREAMING_DISABLED", "").lower() in ("1", "true"):
        return
    from lambda_streaming import _log

    _log.warning(
        "A handler is decorated with @streamify_response, but Lambda's own loop runs it, and cannot stream: "
        "set the function's environment variable AWS_LAMBDA_EXEC_WRAPPER=/opt/python/streaming-bootstrap"
    )


def _event_and_context(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """Return event, context and the other arguments of a call; a context of None for any other call."""
    if len(args) == 2:
        return (*args, kwargs)
    if not args and "event" in kwargs and "context" in kwargs:
        more = {name: value for name, value in kwargs.items() if name not in ("event", "context")}
        return kwargs["event"], kwargs["context"], more
    return None, None, kwargs


def _stand_for(function: Any, handler: Callable[..., Any]) -> None:
    """Do what functools.wraps does, whose import costs a cold start a millisecond."""
    for name in (*_COPIED, _ANNOTATIONS):
        if hasattr(handler, name):
            setattr(function, name, getattr(handler, name))
    function.__dict__.update(getattr(handler, "__dict__", {}))
    function.__wrapped__ = handler
