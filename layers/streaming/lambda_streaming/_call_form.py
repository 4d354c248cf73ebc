"""How a handler takes the response stream: seen from its parameters, once, when it is decorated.

| the handler takes | it is called with |
|---|---|
| ``(event, context)`` | these two; the stream is on the context |
| ``(event, response_stream, context)`` | these three, AWS's order |
| ``(event, context, response_stream)``, or the last by keyword | the first two, the stream by keyword |
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Sequence
    from typing import Any

EXPECTED = (
    "expected (event, response_stream, context), or (event, context) to yield or return the body or to write "
    "to context.response_stream"
)

# Flags of a code object (`inspect` names them too, but costs more than the whole start of this runtime).
_VARARGS, _GENERATOR, _ASYNC_GENERATOR = 0x04, 0x20, 0x200


class CallForm:
    """Where the stream goes: second, by keyword, or nowhere, for it is on the context."""

    __slots__ = ("keyword", "second")

    def __init__(self, *, second: bool = False, keyword: str = "") -> None:
        self.second = second
        self.keyword = keyword

    @property
    def takes_stream(self) -> bool:
        """Whether the handler is given the stream as an argument."""
        return self.second or bool(self.keyword)

    def call(
        self, handler: Callable[..., Any], event: Any, context: Any, stream: Any, more: dict[str, Any]
    ) -> Any:
        """Call ``handler``; ``more`` are keyword arguments that a decorator above it has added."""
        if self.second:
            return handler(event, stream, context, **more)
        if self.keyword:
            return handler(event, context, **{**more, self.keyword: stream})
        return handler(event, context, **more)


ON_CONTEXT, SECOND = CallForm(), CallForm(second=True)


def form_of(handler: Callable[..., Any]) -> CallForm:
    """Return the form of a handler. Raises TypeError for what can be seen to take neither."""
    names = _plain_parameters(handler)
    form = _form_by_names(handler, names) if names is not None else _form_by_signature(handler)
    if form.takes_stream and yields(handler):
        raise TypeError(f"{name_of(handler)}() yields its body, so it must take (event, context)")
    return form


def innermost(handler: Any) -> Any:
    """Return the function that decorators like functools.wraps were put around, or ``handler`` itself."""
    seen = {id(handler)}
    while (inner := getattr(handler, "__wrapped__", None)) is not None and id(inner) not in seen:
        handler = inner
        seen.add(id(inner))
    return handler


def yields(handler: object) -> bool:
    """Tell whether ``handler`` is a generator function, an asynchronous one included."""
    code = getattr(handler, "__code__", None)
    return code is not None and bool(code.co_flags & (_GENERATOR | _ASYNC_GENERATOR))


def is_async(handler: object) -> bool:
    """Tell whether ``handler`` is an async generator function."""
    code = getattr(handler, "__code__", None)
    return code is not None and bool(code.co_flags & _ASYNC_GENERATOR)


def name_of(handler: object) -> str:
    """Return what to call ``handler`` in a message."""
    return getattr(handler, "__name__", None) or type(handler).__name__


def module_of(function: object) -> str:
    """Return the name of the module that a function was defined in; "" for what is no function."""
    return str(getattr(function, "__globals__", {}).get("__name__", ""))


def is_ours(function: object) -> bool:
    """Tell whether a function is this package's own."""
    return module_of(function).startswith("lambda_streaming.")


def is_stream_name(name: str) -> bool:
    """Tell whether a parameter of this name is meant for the response stream."""
    return "stream" in name.lower()


def is_context_name(name: str) -> bool:
    """Tell whether a parameter of this name is meant for the context."""
    return "context" in name.lower() or "ctx" in name.lower()


def _plain_parameters(handler: Callable[..., Any]) -> Sequence[str] | None:
    """Return the names of a function that has nothing but plain parameters; None for any other."""
    code = getattr(handler, "__code__", None)
    if (
        code is None
        or hasattr(handler, "__self__")
        or hasattr(handler, "__wrapped__")
        or handler.__defaults__
        or code.co_flags & _VARARGS
        or code.co_kwonlyargcount
        or code.co_posonlyargcount
    ):
        return None
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount]
    return names


def _form_by_names(handler: Callable[..., Any], names: Sequence[str]) -> CallForm:
    """Return the form of a handler that requires the positional parameters ``names``."""
    if len(names) not in (2, 3) or names[0] in ("self", "cls"):
        plural = "" if len(names) == 1 else "s"
        raise TypeError(f"{name_of(handler)}() takes {len(names)} positional argument{plural}; {EXPECTED}")
    if len(names) == 3:
        return CallForm(keyword=names[2]) if _context_comes_second(names) else SECOND
    if is_stream_name(names[1]) and not is_context_name(names[1]):
        raise TypeError(f"{name_of(handler)}() takes ({', '.join(names)}); {EXPECTED}")
    return ON_CONTEXT


def _context_comes_second(names: Sequence[str]) -> bool:
    _, second, third = names[:3]
    if is_stream_name(second) or is_context_name(third):
        return is_context_name(second) and is_stream_name(third)
    return is_context_name(second) or is_stream_name(third)


def _form_by_signature(handler: Callable[..., Any]) -> CallForm:
    """Return the form as `inspect` sees it: partials, methods, objects, defaults, what decorators leave.

    A decorator's own parameters are looked at, and beyond them only for what it passes on as it comes.
    """
    import inspect

    try:
        signature = inspect.signature(handler, follow_wrapped=False)
    except ValueError:  # written in C
        return ON_CONTEXT
    parameters = list(signature.parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p.name for p in positional if p.default is p.empty]
    keywords = [p for p in parameters if p.kind is p.KEYWORD_ONLY]
    for parameter in keywords:
        if is_stream_name(parameter.name) and _binds(signature, 2, parameter.name):
            return CallForm(keyword=parameter.name)
    if any(p.kind is p.VAR_POSITIONAL or p.kind is p.VAR_KEYWORD for p in parameters):
        if len(required) <= 2 and _binds(signature, 2):
            return _form_passed_on(handler, signature)
    elif len(required) < 3 and len(positional) >= 2:
        return _form_with_defaults(handler, signature, [p.name for p in positional], len(required))
    if not _binds(signature, len(required)) and len(required) in (2, 3):
        raise TypeError(f"{name_of(handler)}() needs keyword arguments; {EXPECTED}")
    form = _form_by_names(handler, required)
    if form.keyword and positional[2].kind is positional[2].POSITIONAL_ONLY:
        raise TypeError(f"{name_of(handler)}() takes ({', '.join(required)}, /); {EXPECTED}")
    return form


def _form_with_defaults(
    handler: Callable[..., Any], signature: inspect.Signature, names: list[str], required: int
) -> CallForm:
    """Return the form of a handler of which some parameters have defaults."""
    if not _binds(signature, 2):
        raise TypeError(f"{name_of(handler)}() needs keyword arguments; {EXPECTED}")
    if len(names) == 2 or not (is_stream_name(names[1]) or is_stream_name(names[2])):
        meant = names[:3] if len(names) > 2 and required < 2 and not is_context_name(names[1]) else names[:2]
        return _form_by_names(handler, meant)
    return _form_by_names(handler, names[:3])


def _form_passed_on(handler: Callable[..., Any], signature: inspect.Signature) -> CallForm:
    """Return the form of what a decorator that takes any arguments was put around, as far as it fits it.

    What the decorator may itself add to the arguments is none of ours: only a stream by name is.
    """
    inner = innermost(handler)
    try:
        form = ON_CONTEXT if inner is handler else form_of(inner)
    except TypeError:
        return ON_CONTEXT
    if form.second and _binds(signature, 3):
        return SECOND
    if is_stream_name(form.keyword) and _binds(signature, 2, form.keyword):
        return form
    return ON_CONTEXT


def _binds(signature: inspect.Signature, count: int, keyword: str = "") -> bool:
    try:
        signature.bind(*range(count), **({keyword: None} if keyword else {}))
    except TypeError:
        return False
    return True
