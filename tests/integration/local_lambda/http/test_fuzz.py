"""Garbage at the HTTP front and at the Runtime API: refused, never a defect, never another's data."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from local_lambda.http.exchange import Exchange
from local_lambda.http.server import HttpServer
from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead
from local_lambda.platform.runtime_api.server import RuntimeApi
from tests.support.recorded_terminal import RecordedTerminal

_CONNECTIONS = 200
_HTTP = (
    b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
    b"5\r\nhello\r\n0\r\nT: 1\r\n\r\n"
)
_BASE = b" /2018-06-01/runtime/"
_RUNTIME = (
    b"GET" + _BASE + b"invocation/next HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST" + _BASE + b"invocation/mine/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody",
    b"POST" + _BASE + b"invocation/mine/response HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    b"Lambda-Runtime-Function-Response-Mode: streaming\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    b"POST" + _BASE + b"invocation/other/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nleak",
    b"POST" + _BASE + b"invocation/mine/error HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n{\xff}",
    b"POST" + _BASE + b"init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
)


class Receiver:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.body = b""
        self.ends = 0

    async def start(self, head: ResponseHead) -> None:
        pass

    async def write(self, data: bytes) -> None:
        self.body += data

    def end(self, error: FunctionError | None) -> None:
        self.ends += 1


def mutated(choose: random.Random, data: bytes) -> bytes:
    """Cut, changed, doubled, or left as it is."""
    at = choose.randrange(len(data))
    kinds = (
        data,
        data[:at],
        data[:at] + choose.randbytes(choose.randrange(1, 9)) + data[at + 1 :],
        data[at:] + data,
        data[:at] + data[at + choose.randrange(1, 20) :],
        choose.randbytes(choose.randrange(1, 300)),
    )
    return choose.choice(kinds)


async def send(port: int, data: bytes, choose: random.Random) -> bytes:
    """Send in pieces, close that side, and read to the end; a reset ends it too."""
    answer = b""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        at = choose.randrange(len(data) + 1)
        for piece in (data[:at], data[at:]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        writer.write_eof()
        answer = await reader.read()
    except OSError:
        pass
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    return answer


def without_defects(scenario: Callable[[], Awaitable[None]]) -> None:
    """Run it within a bound; no exception may be left to the event loop, no task be left running."""
    defects: list[dict[str, Any]] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: defects.append(context))
        async with asyncio.timeout(60):
            await scenario()
            while len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(0.01)

    asyncio.run(run())
    assert not defects


@pytest.mark.parametrize("seed", range(3))
def test_the_http_front(seed: int) -> None:
    choose = random.Random(seed)

    async def echo(exchange: Exchange) -> None:
        body = b""
        while data := await exchange.read():
            body += data
        exchange.respond(200, [("Content-Length", str(len(body)))], body)

    async def scenario() -> None:
        server = HttpServer(echo)
        port = await server.listen(0)
        for _ in range(_CONNECTIONS):
            answer = await send(port, mutated(choose, _HTTP), choose)
            assert not answer or answer.startswith(b"HTTP/1.1 "), answer
        assert (await send(port, _HTTP, choose)).endswith(b"hello")
        await server.close()

    without_defects(scenario)


@pytest.mark.parametrize("seed", range(3))
def test_the_runtime_api(seed: int) -> None:
    choose = random.Random(seed)

    async def scenario() -> None:
        log = FunctionLog(RecordedTerminal(), "f")
        mine, other = RuntimeApi("arn:mine", log), RuntimeApi("arn:other", log)
        port, _ = [int((await api.listen()).rpartition(":")[2]) for api in (mine, other)]
        receivers = [Receiver(), Receiver()]
        for api, name, receiver in zip((mine, other), ("mine", "other"), receivers, strict=True):
            api.hand_over(Invocation(name, b'"%b"' % name.encode(), "t"), 1, receiver)
        for _ in range(_CONNECTIONS):
            with contextlib.suppress(TimeoutError):  # GET next waits, when there is nothing to get
                async with asyncio.timeout(0.2):
                    answer = await send(port, mutated(choose, choose.choice(_RUNTIME)), choose)
                    assert b'"other"' not in answer
        await mine.abort(FunctionError.of("Runtime.ExitError", "it is over"))
        assert receivers[0].ends == 1
        assert b"leak" not in receivers[0].body
        assert (receivers[1].body, receivers[1].ends) == (b"", 0)
        await mine.close()
        await other.close()

    without_defects(scenario)
