"""What an endpoint does on the console's exchange, as the page is told of it."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer

from local_lambda.endpoints.console.exchange import ConsoleExchange
from local_lambda.endpoints.console.html_frame import Documents
from local_lambda.endpoints.console.network import Network
from local_lambda.endpoints.console.request import ConsoleRequest
from local_lambda.http.exchange import Exchange
from local_lambda.log.history import History


class Page(Exchange):
    """Takes what is sent to the page; one that has left raises, as a connection does."""

    def __init__(self, *, left: bool = False) -> None:
        self.data = bytearray()
        self.finished = False
        self._left = left

    async def write(self, data: bytes) -> None:
        if self._left:
            raise ConnectionResetError
        self.data += data

    def push(self, data: bytes) -> None:
        self.data += data

    def finish(self) -> None:
        self.finished = True

    @property
    def messages(self) -> list[tuple[str, Any]]:
        buffer: Any = EventStreamBuffer()
        buffer.add_data(bytes(self.data))
        read = [(message.headers[":event-type"], message.payload) for message in buffer]
        return [(name, data if name == "PayloadChunk" else json.loads(data)) for name, data in read]


def exchange(page: Page, *, network: Network | None = None, **fields: str) -> ConsoleExchange:
    wanted = ConsoleRequest.of(json.dumps({"name": "F", "path": "/", **fields}).encode())
    wanted = ConsoleRequest(**{**vars(wanted), "network": network})
    request = wanted.to_endpoint("http://127.0.0.1:3001", "127.0.0.1")
    return ConsoleExchange(page, request, wanted, Documents().new(), History())


def test_a_stream_that_is_cut() -> None:
    async def serve(page: Page) -> None:
        served = exchange(page, method="POST", body="sent")
        assert [await served.read(), await served.read()] == [b"sent", b""]
        served.invoked("1-2")
        served.start(200, [("A", "1")])
        await served.write(b"one")
        await served.write(b"two")
        served.cut()
        await served.complete()

    page = Page()
    asyncio.run(serve(page))
    assert page.messages == [
        ("Invocation", {"requestId": "1-2"}),
        ("Head", {"status": 200, "headers": [["A", "1"]]}),
        ("PayloadChunk", b"one"),
        ("PayloadChunk", b"two"),
        ("End", {"cut": True}),
    ]
    assert page.finished


@pytest.mark.parametrize(
    ("method", "status", "body"), [("GET", 403, b"no"), ("HEAD", 403, b""), ("GET", 304, b"")]
)
def test_a_whole_response(method: str, status: int, body: bytes) -> None:
    async def serve(page: Page) -> None:
        served = exchange(page, method=method)
        served.respond(status, [], b"no")
        await served.complete()

    page = Page()
    asyncio.run(serve(page))
    chunks = [("PayloadChunk", body)] if body else []
    assert page.messages == [("Head", {"status": status, "headers": []}), *chunks, ("End", {"cut": False})]


def test_a_slow_network_holds_the_endpoint_up() -> None:
    network = Network(rate=20_000, latency=0.1)

    async def serve(page: Page) -> tuple[float, float]:
        started = time.monotonic()
        served = exchange(page, network=network)
        await served.wait_for_latency()
        began = time.monotonic()
        served.start(200, [])
        await served.write(bytes(6000))
        return began - started, time.monotonic() - began

    page = Page()
    waited, wrote = asyncio.run(serve(page))
    assert waited >= 0.1
    assert wrote >= 0.29
    pieces = [payload for name, payload in page.messages if name == "PayloadChunk"]
    assert [len(piece) for piece in pieces] == [1000] * 6


def test_a_page_that_has_left_is_a_client_that_has_left() -> None:
    async def serve() -> None:
        served = exchange(Page(left=True))
        served.start(200, [])
        await served.write(b"one")

    with pytest.raises(ConnectionResetError):
        asyncio.run(serve())
