"""Powertools' Tracer around a generator: on a sampled trace it keeps the response as metadata of the segment.

The X-Ray SDK then iterates the generator while it holds a lock: a body that opens a subsegment of its own
waits for that lock until the function times out, and any other is consumed. So it is told before the call.
https://docs.aws.amazon.com/powertools/python/latest/core/tracer/ (disabling response auto-capture)
"""

from __future__ import annotations

import os

from lambda_streaming._call_form import is_async, is_ours, module_of, name_of, yields
from lambda_streaming._exceptions import InvalidStreamingOperation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TRACER = "aws_lambda_powertools.tracing"


def keeps_the_body(handler: Any) -> Any:
    """Return the Tracer that keeps what the generator function inside of ``handler`` returns, or None."""
    tracer = None
    while (inner := getattr(handler, "__wrapped__", None)) is not None:
        if is_ours(handler):
            return None  # what is further in, is streamed within the call
        if module_of(handler).startswith(_TRACER):
            settings = _closure(handler)
            tracer = settings.get("self") if settings.get("capture_response", True) else tracer
        handler = inner
    # What an async generator yields, the SDK does not iterate.
    return tracer if yields(handler) and not is_async(handler) else None


def check(handler: object, tracer: Any) -> None:
    """Raise InvalidStreamingOperation on a sampled trace."""
    sampled = "Sampled=1" in os.environ.get("_X_AMZN_TRACE_ID", "")
    if sampled and not getattr(tracer, "disabled", False):
        raise InvalidStreamingOperation(
            f"{name_of(handler)}() yields its body, and Powertools' Tracer around it would consume that as "
            "metadata of the trace. Write to context.response_stream, put @streamify_response below "
            "@tracer.capture_lambda_handler, or pass that capture_response=False"
        )


def _closure(function: Any) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    return {name: cell.cell_contents for name, cell in cells}
