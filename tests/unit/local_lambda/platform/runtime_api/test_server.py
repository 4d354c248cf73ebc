"""The invocation decides how a response is passed on, whatever the runtime says; the limit of each."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

import pytest

from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import LIMITS, Limits
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead
from local_lambda.platform.runtime_api.server import RuntimeApi
from tests.support.recorded_terminal import RecordedTerminal

T = TypeVar("T")


class Caller:
    def __init__(self) -> None:
        self.body = b""
        self.arrived = asyncio.Event()
        self.errors: list[FunctionError | None] = []

    async def start(self, head: ResponseHead) -> None:
        self.head = head

    async def write(self, data: bytes) -> None:
        self.body += data
        self.arrived.set()

    def end(self, error: FunctionError | None) -> None:
        self.errors.append(error)


MODE = {"Lambda-Runtime-Function-Response-Mode": "streaming"}
TRAILERS = (
    b"Lambda-Runtime-Function-Error-Type: My.Error\r\n"
    b"Lambda-Runtime-Function-Error-Body: eyJlcnJvclR5cGUiOiJNeS5FcnJvciJ9\r\n"
)


def take(address: str) -> str:
    """Be a runtime: ask for the invocation; returns its id."""
    connection = http.client.HTTPConnection(address, timeout=90)
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.headers["Lambda-Runtime-Aws-Request-Id"]


def post(address: str, size: int, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Stream ``size`` bytes; returns the reply to the POST."""
    path = f"/2018-06-01/runtime/invocation/{take(address)}/response"
    pieces = (b"x" * min(999, size - at) for at in range(0, size, 999))
    connection = http.client.HTTPConnection(address, timeout=90)
    headers = {**headers, "Transfer-Encoding": "chunked"}
    connection.request("POST", path, pieces, headers, encode_chunked=True)
    response = connection.getresponse()
    reply = response.status, response.read()
    connection.close()
    return reply


def post_in_two(address: str, headers: Mapping[str, str], go_on: threading.Event) -> int:
    """Send a piece, and a second with error trailers when told to; returns the status of the reply."""
    path = f"/2018-06-01/runtime/invocation/{take(address)}/response"
    connection = http.client.HTTPConnection(address, timeout=90)
    connection.putrequest("POST", path)
    names = "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"
    for name, value in {**headers, "Trailer": names, "Transfer-Encoding": "chunked"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(b"3\r\none\r\n")
    assert go_on.wait(60)
    connection.send(b"3\r\ntwo\r\n0\r\n" + TRAILERS + b"\r\n")
    status = connection.getresponse().status
    connection.close()
    return status


class Served:
    """A Runtime API with one invocation for the runtime that asks."""

    def __init__(self, invocation: Invocation, limits: Limits = LIMITS) -> None:
        self.invocation, self.limits, self.caller = invocation, limits, Caller()
        self.terminal = RecordedTerminal()

    async def __aenter__(self) -> Served:
        self._api = RuntimeApi("arn:f", FunctionLog(self.terminal, "F"), self.limits)
        self.address = await self._api.listen()
        return self

    async def invoke(self, runtime: Callable[[str], T]) -> asyncio.Future[T]:
        """Start the runtime in a thread and give it the invocation."""
        running = asyncio.ensure_future(asyncio.to_thread(runtime, self.address))
        await self._api.initialised()
        self._invoked = self._api.hand_over(self.invocation, 0, self.caller)
        return running

    async def __aexit__(self, *_: object) -> None:
        self._invoked.cancel()
        await asyncio.gather(self._invoked, return_exceptions=True)
        await self._api.close()
        self.terminal.close(1)


async def stream(size: int, *, streaming: bool, headers: Mapping[str, str]) -> tuple[Caller, int, bytes]:
    limits = Limits(streamed=100_000, buffered=50_000, on=False)
    async with Served(invocation(streaming), limits) as served:
        status, body = await (await served.invoke(lambda address: post(address, size, headers)))
    return served.caller, status, body


def invocation(streaming: bool) -> Invocation:
    return Invocation("an-id", b"{}", "Root=1-a", streaming=streaming)


@pytest.mark.parametrize("headers", [MODE, {}])
@pytest.mark.parametrize(("streaming", "limit"), [(True, 100_000), (False, 50_000)])
def test_up_to_the_limit_everything_passes(streaming: bool, limit: int, headers: Mapping[str, str]) -> None:
    caller, status, _ = asyncio.run(stream(limit, streaming=streaming, headers=headers))
    assert (status, caller.body, caller.errors) == (202, b"x" * limit, [None])
    assert caller.head.streaming is bool(headers)


@pytest.mark.parametrize("headers", [MODE, {}])
@pytest.mark.parametrize(("streaming", "limit"), [(True, 100_000), (False, 50_000)])
def test_beyond_it_the_response_ends_and_the_runtime_is_told(
    streaming: bool, limit: int, headers: Mapping[str, str]
) -> None:
    caller, status, body = asyncio.run(stream(250_000, streaming=streaming, headers=headers))
    # A plain Invoke has the error in the place of the response, so none of its bytes.
    assert caller.body == (b"x" * limit if streaming else b"")
    (error,) = caller.errors
    assert error is not None
    assert error.type == "Function.ResponseSizeTooLarge"
    assert error.message == f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
    assert (status, json.loads(body)["errorType"]) == (413, "RequestEntityTooLarge")


@pytest.mark.parametrize("headers", [MODE, {}])
def test_a_streaming_invocation_streams_whatever_the_runtime_says(headers: Mapping[str, str]) -> None:
    async def scenario() -> None:
        go_on = threading.Event()
        async with Served(invocation(True)) as served:
            runtime = await served.invoke(lambda address: post_in_two(address, headers, go_on))
            await asyncio.wait_for(served.caller.arrived.wait(), 60)
            assert served.caller.body == b"one"
            go_on.set()
            assert await runtime == 202
        (error,) = served.caller.errors
        assert (served.caller.body, error and (error.type, error.in_trailers)) == (
            b"onetwo",
            ("My.Error", True),
        )

    asyncio.run(scenario())


@pytest.mark.parametrize(("headers", "counts"), [(MODE, True), ({}, False)])
def test_on_a_plain_invoke_the_trailers_count_for_a_runtime_that_says_that_it_streams(
    headers: Mapping[str, str], counts: bool
) -> None:
    async def scenario() -> None:
        go_on = threading.Event()
        go_on.set()
        async with Served(invocation(False)) as served:
            assert await (await served.invoke(lambda address: post_in_two(address, headers, go_on))) == 202
        (error,) = served.caller.errors
        assert (served.caller.body, error is not None) == (b"onetwo", counts)
        assert ("the error in the trailers was dropped" in served.terminal.text) is not counts

    asyncio.run(scenario())


def test_the_tenant_reaches_the_runtime() -> None:
    def runtime(address: str) -> str | None:
        connection = http.client.HTTPConnection(address, timeout=90)
        connection.request("GET", "/2018-06-01/runtime/invocation/next")
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.headers["Lambda-Runtime-Aws-Tenant-Id"]

    async def tenant(tenant_id: str | None) -> str | None:
        async with Served(Invocation("an-id", b"{}", "Root=1-a", tenant_id=tenant_id)) as served:
            return await (await served.invoke(runtime))

    assert asyncio.run(tenant("blue")) == "blue"
    assert asyncio.run(tenant(None)) is None
