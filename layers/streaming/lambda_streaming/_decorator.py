"""``@streamify_response``: mark a handler, and check what it can be called with."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from lambda_streaming._lifespan import Lifespan
    from lambda_streaming.types import StreamingHandler

    Handler = TypeVar("Handler", bound=StreamingHandler)

# The attribute that marks a function; its value is the number of arguments the function is called with.
_MARK = "__lambda_streaming__"

# Flags of a code object (`inspect` names them too, but costs more than the whole start of this runtime).
_VARARGS, _GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x04, 0x20, 0x80, 0x200

_EXPECTED = "expected (event, response_stream, context), or (event, context) to yield or return the body"


def streamify_response(handler: Handler) -> Handler:
    """Mark ``handler`` as one that streams its response, and return it, as callable as it was.

    Raises TypeError, when the module is imported, for what could never be called as a streaming handler.
    """
    if not callable(handler):
        raise TypeError(f"streamify_response decorates a function, got {type(handler).__name__}")
    count = _counted_arguments(handler)
    if count == 3 and _flags(handler) & (_GENERATOR | _ASYNC_GENERATOR):
        raise TypeError(f"{_name(handler)}() yields its body, so it must take (event, context)")
    try:
        setattr(handler, _MARK, count)
    except AttributeError:  # a bound method takes no attributes
        handler = _function(handler)
        setattr(handler, _MARK, count)
    return handler


def is_streaming(handler: object) -> bool:
    """Tell whether ``handler`` was decorated with ``streamify_response``."""
    return hasattr(handler, _MARK)


def is_async(handler: object) -> bool:
    """Tell whether ``handler`` is itself an ``async def``, so that it is certain to need an event loop."""
    return bool(_flags(handler) & (_COROUTINE | _ASYNC_GENERATOR))


def lifespan(handler: object) -> Lifespan | None:
    """Return the ASGI lifespan that a decorated handler brings, if it brings one."""
    return getattr(handler, "lifespan", None) if is_streaming(handler) else None


def argument_count(handler: object) -> int:
    """Return how many arguments a decorated handler is called with: 3, or 2."""
    count: int = getattr(handler, _MARK)
    return count


def _counted_arguments(handler: Callable[..., Any]) -> int:
    """Return 3 or 2. Raises TypeError for a function that can take neither."""
    count = _plain_count(handler) or _inspected_count(handler)
    if count not in (2, 3):
        plural = "" if count == 1 else "s"
        raise TypeError(f"{_name(handler)}() takes {count} positional argument{plural}; {_EXPECTED}")
    return count


def _plain_count(handler: Callable[..., Any]) -> int:
    """Count the arguments of a function that has nothing but plain ones; return 0 for any other."""
    code = getattr(handler, "__code__", None)
    if (
        code is None
        or hasattr(handler, "__self__")
        or hasattr(handler, "__wrapped__")
        or handler.__defaults__
    ):
        return 0
    count: int = code.co_argcount
    return 0 if code.co_flags & _VARARGS or code.co_kwonlyargcount else count


def _inspected_count(handler: Callable[..., Any]) -> int:
    """Count as `inspect` sees it: through functools.wraps and partial, defaults, methods and ``__call__``."""
    import inspect

    signature = inspect.signature(handler)
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    named = [p for p in signature.parameters.values() if p.kind in positional]
    required = sum(p.default is p.empty for p in named)
    for count in (required, 3, 2):
        try:
            signature.bind(*range(count))
        except TypeError:
            continue
        if count in (2, 3):
            return count
    if required in (2, 3):
        raise TypeError(f"{_name(handler)}() needs keyword arguments; {_EXPECTED}")
    return required


def _function(handler: Any) -> Any:
    def call(*arguments: Any) -> Any:
        return handler(*arguments)

    return call


def _flags(handler: object) -> int:
    code = getattr(handler, "__code__", None)
    return code.co_flags if code is not None else 0


def _name(handler: object) -> str:
    return getattr(handler, "__name__", None) or repr(handler)
