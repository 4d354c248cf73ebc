"""Whether invocations of a handler can share an event loop: whether it waits by ``await`` alone.

The outermost function that is not this package's own decides. A decorator that is a plain function is none
of these, whatever it is put around: to it the call would end before the body does, and what it keeps of an
invocation it keeps for the process.
"""

from __future__ import annotations

import functools
import inspect

from lambda_streaming._call_form import is_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_asynchronous(handler: Any) -> bool:
    """Tell whether ``handler`` is an async function, an async generator function or ``asgi(app)``."""
    function = handler
    while is_ours(function):
        inner = getattr(function, "__wrapped__", None) or getattr(function, "_events_of", None)
        if inner is None:
            break
        function = inner
    is_function = inspect.isroutine(function) or isinstance(function, functools.partial)
    call = function if is_function else type(function).__call__
    return inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call)
