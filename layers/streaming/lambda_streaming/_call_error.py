"""One sentence for a handler that was called with what it does not take.

What its parameters show is said at import (_call_form); this is for what only the first call shows, mostly
because a decorator lies in between.
"""

from __future__ import annotations

from lambda_streaming._call_form import innermost, is_context_name, is_stream_name, name_of, yields
from lambda_streaming._error_document import message_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._call_form import CallForm
    from lambda_streaming._response_stream import ResponseStream

# How Python words a call that does not fit a function's parameters.
_MISFITS = (
    " required positional argument",
    " required keyword-only argument",
    " positional arguments but ",
    " unexpected keyword argument ",
    " multiple values for argument ",
)


_NO_JSON = "generator is not JSON serializable"
# Decorators pass (event, context) on, and few of them anything else.
_REMEDY = "take (event, context), and write to context.response_stream"


def explanation(
    error: Exception, handler: Callable[..., Any], form: CallForm, context: Any, stream: ResponseStream
) -> TypeError | None:
    """Return the error that says which form to write; None where ``error`` is the handler's own."""
    if stream.used:
        return None
    if isinstance(error, AttributeError):
        return _mistaken(error, handler, context, stream)
    if _NO_JSON in message_of(error) and yields(innermost(handler)):  # such as Powertools' idempotent
        return TypeError(
            f"{name_of(handler)}() yields its body, which a decorator takes for JSON ({error}): {_REMEDY}"
        )
    if not isinstance(error, TypeError):
        return None
    if _is_misfit(error, innermost(handler)):
        return TypeError(
            f"{name_of(handler)}() cannot be called with {_arguments(form)} ({error}): {_REMEDY}"
        )
    return None


def _mistaken(
    error: AttributeError, handler: Callable[..., Any], context: Any, stream: ResponseStream
) -> TypeError | None:
    """Return the error for a stream that was taken for the context, or the other way round."""
    name = error.name or ""
    if error.obj is stream and hasattr(context, name):
        taken = "response stream for its context"
    elif error.obj is context and hasattr(stream, name):
        taken = "context for its response stream"
    else:
        return None
    return TypeError(f"{name_of(handler)}(), or a decorator around it, took the {taken} ({error}): {_REMEDY}")


def _is_misfit(error: Exception, function: Any) -> bool:
    """Tell whether ``error`` is of the call of ``function``, whose own code has not run."""
    text = message_of(error)
    if not any(words in text for words in _MISFITS):
        return False
    code = getattr(function, "__code__", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is code:
            return False
        trace = trace.tb_next
    argument = text.rpartition(" ")[2].strip("'")
    called = f"{getattr(function, '__qualname__', '')}()"
    return text.startswith(called) or is_context_name(argument) or is_stream_name(argument)


def _arguments(form: CallForm) -> str:
    if form.second:
        return "(event, response_stream, context)"
    return f"(event, context, {form.keyword}=response_stream)" if form.keyword else "(event, context)"
