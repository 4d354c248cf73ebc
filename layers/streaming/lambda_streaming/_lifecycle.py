"""What is done for a handler in the init phase, and when the environment ends."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambda_streaming._event_loop import EventLoop
    from lambda_streaming._lifespan import Lifespan

_COROUTINE, _ASYNC_GENERATOR = 0x80, 0x200  # flags of a code object


def start(handler: object, loop: EventLoop) -> None:
    """Do what need not wait for the first invocation: the loop of an ``async`` handler, an ASGI lifespan.

    Raises whatever the lifespan's startup raises.
    """
    if any(_is_async(function) for function in _layers(handler)):
        loop.prepare()
    if (lifespan := lifespan_of(handler)) is not None:
        lifespan.start(loop)


def stop(handler: object, loop: EventLoop) -> None:
    """Do what is left to do when the environment ends: an ASGI lifespan's shutdown."""
    if (lifespan := lifespan_of(handler)) is not None:
        lifespan.stop(loop)


def _layers(handler: object) -> Iterator[object]:
    """Return ``handler`` and what its decorators were put around, from the outside to the inside."""
    seen: set[int] = set()
    while handler is not None and id(handler) not in seen:
        seen.add(id(handler))
        yield handler
        handler = getattr(handler, "__wrapped__", None)


def _is_async(function: object) -> bool:
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & (_COROUTINE | _ASYNC_GENERATOR))


def lifespan_of(handler: object) -> Lifespan | None:
    """Return the lifespan of the application that ``handler`` serves; None where it is no AsgiHandler."""
    module = sys.modules.get("lambda_streaming.asgi")
    if module is None:
        return None
    handlers = (function for function in _layers(handler) if isinstance(function, module.AsgiHandler))
    return next((function.lifespan for function in handlers), None)
