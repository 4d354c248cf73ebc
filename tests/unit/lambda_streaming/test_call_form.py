from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lambda_streaming import streamify_response
from lambda_streaming._call_form import form_of, is_ours, module_of

EVENT, CONTEXT, STREAM = object(), object(), object()


def called_with(handler: Callable[..., Any]) -> Any:
    """Return the arguments that ``handler``, which returns its own, is called with by its form."""
    return form_of(handler).call(handler, EVENT, CONTEXT, STREAM, {})


class Methods:
    def second(self, event: Any, response_stream: Any, context: Any) -> Any:
        return event, response_stream, context

    def third(self, event: Any, context: Any, response_stream: Any) -> Any:
        return event, response_stream, context

    def __call__(self, event: Any, context: Any, *, stream: Any) -> Any:
        return event, stream, context


def passes(*names: str) -> Callable[[Any], Any]:
    """Return a decorator with functools.wraps whose own parameters are ``names``."""
    parameters = ", ".join(names)
    arguments = ", ".join(
        f"{n}={n}" if n.isidentifier() and n not in ("event", "context") else n for n in names
    )
    namespace: dict[str, Any] = {"wraps": functools.wraps}
    exec(
        f"def decorator(f):\n @wraps(f)\n def w({parameters}): return f({arguments})\n return w",
        namespace,
    )
    decorator: Callable[[Any], Any] = namespace["decorator"]
    return decorator


anything, context_and_more, keywords = (
    passes("*args", "**kwargs"),
    passes("event", "context", "*args", "**kwargs"),
    passes("event", "context", "**kwargs"),
)


def second(event: Any, response_stream: Any, context: Any) -> Any:
    return event, response_stream, context


def third(event: Any, context: Any, response_stream: Any) -> Any:
    return event, response_stream, context


def injected(event: Any, context: Any, database: Any) -> Any:
    return event, database, context


HANDLERS: dict[str, Callable[..., Any]] = {
    "AWS's order": second,
    "neutral names": lambda e, x, y: (e, x, y),
    "short names of AWS's order": lambda event, stream, ctx: (event, stream, ctx),
    "the stream last": third,
    "the stream last, of another name": lambda event, context, out: (event, out, context),
    "the stream last, the context short": lambda event, c, stream: (event, stream, c),
    "the stream by keyword": Methods(),
    "a method": Methods().second,
    "a method, the stream last": Methods().third,
    "a partial": functools.partial(lambda more, event, stream, context: (event, stream, context), 1),
    "defaults": lambda event, stream=None, context=None: (event, stream, context),
    "a default for the stream, last": lambda event, context, response_stream=None: (
        event,
        response_stream,
        context,
    ),
    "all have defaults": lambda event=None, stream=None, context=None: (event, stream, context),
    "through *args": anything(second),
    "through *args, the stream last": anything(third),
    "through (event, context, *args)": context_and_more(second),
    "through **kwargs, the stream last": keywords(third),
    "through two decorators": keywords(context_and_more(third)),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_each_gets_stream_and_context_where_it_takes_them(name: str) -> None:
    assert called_with(HANDLERS[name]) == (EVENT, STREAM, CONTEXT)


ON_CONTEXT: dict[str, Callable[..., Any]] = {
    "two": lambda event, context: (event, context),
    "other names": lambda e, c: (e, c),
    "the stream's context": lambda event, streaming_context: (event, streaming_context),
    "a default of its own": lambda event, context, greeting="hello": (event, context),
    "defaults": lambda event=None, context=None, logger=None: (event, context),
    "a keyword of its own": lambda event, context, *, extra=1: (event, context),
    "anything": lambda *args, **kwargs: args,
    "through **kwargs, which cannot pass AWS's order": keywords(lambda event, context: (event, context)),
    "with what a decorator adds": context_and_more(lambda event, context: (event, context)),
}


@pytest.mark.parametrize("name", ON_CONTEXT)
def test_others_get_event_and_context(name: str) -> None:
    assert called_with(ON_CONTEXT[name]) == (EVENT, CONTEXT)


def test_what_a_decorator_injects_is_never_taken_for_the_stream() -> None:
    @functools.wraps(injected)
    def decorator(event: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        return injected(event, context, "database")

    assert called_with(decorator) == (EVENT, "database", CONTEXT)


def test_keywords_of_a_decorator_above_go_along() -> None:
    def handler(event: Any, context: Any, response_stream: Any, database: Any = None) -> Any:
        return response_stream, database

    assert form_of(handler).call(handler, EVENT, CONTEXT, STREAM, {"database": "db"}) == (STREAM, "db")


def one(event: Any) -> None: ...
def stream_and_no_context(event: Any, response_stream: Any) -> None: ...
def yields(event: Any, context: Any, response_stream: Any) -> Iterator[str]:
    yield ""


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (one, r"one\(\) takes 1 positional argument; expected \(event, response_stream, context\), or"),
        (stream_and_no_context, r"stream_and_no_context\(\) takes \(event, response_stream\); expected"),
        (Methods.second, r"second\(\) takes 4 positional arguments; expected"),
        (lambda self, event, context: None, r"takes 3 positional arguments; expected"),
        (lambda event, context, response_stream, /: None, r"expected \(event, response_stream, context\)"),
        (yields, r"yields\(\) yields its body, so it must take \(event, context\)"),
    ],
)
def test_what_can_be_seen_to_take_something_else(handler: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        form_of(handler)


def test_whose_function_it_is() -> None:
    decorated = streamify_response(lambda event, context: None)
    assert module_of(decorated) == "lambda_streaming._decorator"
    assert is_ours(decorated)
    assert module_of(called_with) == __name__
    assert not is_ours(called_with)
    assert module_of(Methods()) == ""
