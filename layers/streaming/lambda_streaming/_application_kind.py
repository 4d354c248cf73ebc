"""Whether an object is an ASGI or a WSGI application, told by what it is called with."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_VARARGS, _COROUTINE = 0x04, 0x80  # flags of a code object


def kind_of(app: Any) -> str:
    """Return "ASGI", "WSGI", "" for what may be either, or "neither"."""
    if not callable(app):
        return "neither"
    code = _code(app)
    if code is None:
        return ""
    names = code.co_varnames[: code.co_argcount]
    if names[-3:] == ("scope", "receive", "send"):
        return "ASGI"
    if names[-1:] == ("start_response",):
        return "WSGI"
    own = 0 if hasattr(app, "__code__") else 1  # self
    if code.co_flags & _VARARGS or 2 <= len(names) - own <= 3:
        return "ASGI" if code.co_flags & _COROUTINE else ""
    return "neither"


def check(app: Any, expected: str) -> None:
    """Raise TypeError for what cannot be an application of the kind ``expected``, saying what to write."""
    kind = kind_of(app)
    if kind in ("", expected):
        return
    name, adapter = type(app).__name__, expected.lower()
    if kind == "neither":
        raise TypeError(f"{adapter}() expects an application of {expected}: {name} is none")
    other = kind.lower()
    raise TypeError(
        f"{adapter}() expects an application of {expected}, and this is one of {kind} ({name}): "
        f"write `handler = {other}(app)`, with `from lambda_streaming.{other} import {other}`"
    )


def refuse_as_handler(handler: Any, name: str) -> None:
    """Raise TypeError for an application that stands where a handler is expected."""
    code = _code(handler)
    if code is None:
        return
    names = code.co_varnames[: code.co_argcount]
    if names[-3:] == ("scope", "receive", "send") or names[-1:] == ("start_response",):
        kind = kind_of(handler)
        adapter = kind.lower()
        raise TypeError(
            f"The handler '{name}' is an application of {kind} ({type(handler).__name__}): "
            f"write `handler = {adapter}(app)`, with `from lambda_streaming.{adapter} import {adapter}`"
        )


def _code(app: Any) -> Any:
    """Return the code object of a function, or of an object's ``__call__``."""
    return getattr(app, "__code__", None) or getattr(type(app).__call__, "__code__", None)
