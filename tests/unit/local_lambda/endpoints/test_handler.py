"""The client of an exchange: what the state machine asks for is done, in order."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from local_lambda.endpoints.handler import Client, Patience
from local_lambda.endpoints.rest_api.response import RestApiPolicy, idle_failure
from local_lambda.endpoints.streaming import StreamedResponse
from local_lambda.http.exchange import Exchange
from local_lambda.http.message import Headers
from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import ResponseHead
from tests.support.recorded_terminal import RecordedTerminal


class FakeExchange:
    """Notes what is done with an exchange; its client leaves after some pieces."""

    def __init__(self, pieces: int = 100) -> None:
        self.done: list[Any] = []
        self.dates: list[str] = []
        self._pieces = pieces

    def start(self, status: int, headers: Headers, *, more: bool = False) -> None:
        self.dates.append(headers[0][0])
        self.done.append(status)

    async def write(self, data: bytes) -> None:
        self._pieces -= 1
        if self._pieces < 0:
            raise BrokenPipeError
        self.done.append(data)

    def finish(self) -> None:
        self.done.append("finish")

    def cut(self) -> None:
        self.done.append("cut")

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        self.dates.append(headers[0][0])
        self.done.append((status, body))


def client_of(exchange: FakeExchange, log: FunctionLog, seconds: float) -> Client:
    response = StreamedResponse(RestApiPolicy(request_id="id", trace=""), method="GET")
    patience = Patience(seconds, lambda: response.give_up(idle_failure(seconds)))
    return Client(cast(Exchange, exchange), response, log, patience)


@pytest.mark.parametrize(
    ("sent", "done"),
    [
        (b"", [(504, b'{"message":"Endpoint request timed out"}')]),
        (b"{}", [(504, b'{"message":"Endpoint request timed out"}')]),
        (b"{}" + bytes(8) + b"body", [200, b"body", "cut"]),
    ],
)
def test_a_function_that_falls_silent(sent: bytes, done: list[Any]) -> None:
    async def serve() -> FakeExchange:
        exchange = FakeExchange()
        client = client_of(exchange, FunctionLog(RecordedTerminal(), "Function"), seconds=0.01)
        await client.start(ResponseHead(True, None))
        if sent:
            await client.write(sent)
        await client.served.wait()
        await client.write(b"too late")
        client.end(None)
        client.close()
        return exchange

    exchange = asyncio.run(serve())
    assert exchange.done == done
    assert exchange.dates == ["Date"]


def test_a_client_that_leaves_is_told_once_and_the_rest_is_dropped() -> None:
    terminal = RecordedTerminal()

    async def serve() -> list[Any]:
        exchange = FakeExchange(pieces=1)
        client = client_of(exchange, FunctionLog(terminal, "F"), seconds=60)
        await client.start(ResponseHead(True, None))
        await client.write(b"{}" + bytes(8) + b"one")
        assert not client.served.is_set()
        await client.write(b"two")
        assert client.served.is_set()
        await client.write(b"three")
        client.end(None)
        client.close()
        return exchange.done

    assert asyncio.run(serve()) == [200, b"one"]
    terminal.close(5)
    assert terminal.text.count("the client left after 3 bytes") == 1


def test_a_response_that_ends() -> None:
    async def serve() -> list[Any]:
        exchange = FakeExchange()
        client = client_of(exchange, FunctionLog(RecordedTerminal(), "F"), seconds=60)
        await client.start(ResponseHead(True, None))
        await client.write(b"{}" + bytes(8))
        await client.write(b"one")
        client.end(None)
        assert client.served.is_set()
        client.close()
        return exchange.done

    assert asyncio.run(serve()) == [200, b"one", "finish"]
