"""Tell whether what a handler returned comes to us whole, or whether a decorator has been at it first.

Decorators and tracers that look at a response may iterate it: what is left to stream is then the rest, or
nothing, and the caller would get an empty 200.
"""

from __future__ import annotations

from lambda_streaming import _log
from lambda_streaming._call_form import name_of
from lambda_streaming._exceptions import InvalidStreamingOperation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambda_streaming._response_stream import ResponseStream

# Python's own types that tell how far they have come, and how their attributes for it begin.
_PREFIXES = {"generator": "gi", "async_generator": "ag", "coroutine": "cr"}
_REMEDY = "Write to context.response_stream, or put @streamify_response below that decorator"


class Source:
    """What a handler returned."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._position = _position(value)
        kind = type(value)
        self._prefix = _PREFIXES.get(kind.__name__, "") if kind.__module__ == "builtins" else ""

    def check_untouched(self, handler: Callable[..., Any]) -> None:
        """Raise InvalidStreamingOperation for a generator or coroutine that has been begun or consumed."""
        if not self._prefix:
            return
        frame = getattr(self.value, f"{self._prefix}_frame")
        if frame is None:
            state = "consumed"
        elif _is_begun(self.value, self._prefix, frame):
            state = "begun"
        else:
            return
        raise InvalidStreamingOperation(
            f"{name_of(handler)}() returned {_article(self.value)} that a decorator around it has {state}: "
            f"nothing whole is left to stream. {_REMEDY}"
        )

    def check_streamed(self, handler: Callable[..., Any], stream: ResponseStream) -> None:
        """Look at a source of which nothing has come.

        A file that was at its end raises InvalidStreamingOperation; an iterator that may have been consumed
        is logged. A generator is known to have been whole: it may yield nothing.
        """
        if stream.used or self._prefix:
            return
        if self._position:
            raise InvalidStreamingOperation(
                f"{name_of(handler)}() returned a file at its end: it has been read before. {_REMEDY}"
            )
        if hasattr(self.value, "__next__") or hasattr(self.value, "__anext__"):
            _log.warning(
                f"{name_of(handler)}() returned {_article(self.value)} that yields nothing: the body is empty"
            )


def _article(value: object) -> str:
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


def _position(value: Any) -> int:
    """Return how far a file has been read; 0 for what does not say."""
    if not hasattr(value, "read") or not hasattr(value, "tell"):
        return 0
    try:
        position = value.tell()
    except (OSError, ValueError):  # a pipe; a text file amid its lines; a closed file, which the read tells
        return 0
    return position if isinstance(position, int) else 0


def _is_begun(value: Any, prefix: str, frame: Any) -> bool:
    if getattr(value, f"{prefix}_running"):
        return True
    suspended: bool | None = getattr(value, f"{prefix}_suspended", None)
    if suspended is None:  # an async generator before Python 3.12
        return _has_passed_its_start(frame)
    return suspended


def _has_passed_its_start(frame: Any) -> bool:
    """Tell whether a frame stands anywhere but at the instruction that has made its generator."""
    import opcode

    return bool(frame.f_code.co_code[frame.f_lasti] != opcode.opmap["RETURN_GENERATOR"])
