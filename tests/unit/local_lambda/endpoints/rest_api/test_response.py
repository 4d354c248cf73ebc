"""The response of a REST API: idle connections."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from local_lambda.endpoints.rest_api.response import RestApiResponse, idle_seconds
from local_lambda.http.message import Headers
from local_lambda.http.server import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import Invocation, ResponseHead
from tests.support.recorded_terminal import RecordedTerminal


def test_idle_limits() -> None:
    assert [idle_seconds(kind) for kind in ("EDGE", "REGIONAL", "PRIVATE")] == [30, 300, 300]


class FakeExchange:
    """Notes what is done with an exchange."""

    bodyless = False

    def __init__(self) -> None:
        self.done: list[Any] = []

    def start(self, status: int, headers: Headers) -> None:
        self.done.append(status)

    async def write(self, data: bytes) -> None:
        self.done.append(data)

    def finish(self) -> None:
        self.done.append("finish")

    def cut(self) -> None:
        self.done.append("cut")

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        self.done.append((status, body))


@pytest.mark.parametrize(
    ("sent", "done"),
    [
        (b"", [(504, b'{"message":"Endpoint request timed out"}')]),
        (b"{}", [(504, b'{"message":"Endpoint request timed out"}')]),
        (b"{}" + bytes(8) + b"body", [200, b"body", "cut"]),
    ],
)
def test_a_function_that_falls_silent(sent: bytes, done: list[Any]) -> None:
    async def serve() -> list[Any]:
        exchange = FakeExchange()
        log = FunctionLog(RecordedTerminal(), "Function")
        answer = RestApiResponse(cast(Exchange, exchange), Invocation("id", b"", ""), log, "id", idle=0.01)
        await answer.start(ResponseHead(True, None))
        if sent:
            await answer.write(sent)
        await answer.answered.wait()
        await answer.write(b"too late")
        answer.end(None)
        answer.close()
        return exchange.done

    assert asyncio.run(serve()) == done
