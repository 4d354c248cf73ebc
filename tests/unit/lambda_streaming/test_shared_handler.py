from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from lambda_streaming import streamify_response
from lambda_streaming._shared_handler import is_asynchronous
from lambda_streaming.asgi import asgi
from lambda_streaming.sse import events
from lambda_streaming.wsgi import wsgi


async def coroutine(event: Any, context: Any) -> None:
    pass


async def generator(event: Any, context: Any) -> AsyncIterator[str]:
    yield ""


async def stream(event: Any, response_stream: Any, context: Any) -> None:
    pass


def plain(event: Any, context: Any) -> None:
    pass


def plain_generator(event: Any, context: Any) -> Iterator[str]:
    yield ""


async def app(scope: Any, receive: Any, send: Any) -> None:
    pass


def wsgi_app(environ: Any, start_response: Any) -> list[bytes]:
    return []


class Handler:
    async def __call__(self, event: Any, context: Any) -> None:
        pass

    async def method(self, event: Any, context: Any) -> None:
        pass


class PlainHandler:
    def __call__(self, event: Any, context: Any) -> None:
        pass


def kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator as most are: to it the call is over before the body begins."""

    @functools.wraps(function)
    def wrapper(event: Any, context: Any) -> Any:
        return function(event, context)

    return wrapper


def awaited(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapper(event: Any, context: Any) -> Any:
        return await function(event, context)

    return wrapper


@pytest.mark.parametrize(
    "handler",
    [
        coroutine,
        generator,
        streamify_response(coroutine),
        streamify_response(generator),
        streamify_response(stream),
        events(generator),
        asgi(app),
        Handler(),
        Handler().method,
        streamify_response(Handler()),
        functools.partial(coroutine, context=None),
        awaited(streamify_response(coroutine)),
        streamify_response(awaited(coroutine)),
    ],
)
def test_these_share_a_loop(handler: Any) -> None:
    assert is_asynchronous(handler)


@pytest.mark.parametrize(
    "handler",
    [
        plain,
        plain_generator,
        streamify_response(plain_generator),
        events(plain_generator),
        wsgi(wsgi_app),
        PlainHandler(),
        functools.partial(plain, context=None),
        kept(coroutine),
        kept(streamify_response(coroutine)),
        streamify_response(kept(coroutine)),
        kept(asgi(app)),
        print,
    ],
)
def test_these_do_not(handler: Any) -> None:
    assert not is_asynchronous(handler)
