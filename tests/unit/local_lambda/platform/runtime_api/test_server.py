"""The size of a streamed response, as the Runtime API limits it."""

from __future__ import annotations

import asyncio
import http.client
import json

from local_lambda.log.terminal import FunctionLog
from local_lambda.model.limits import Limits
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead
from local_lambda.platform.runtime_api.server import RuntimeApi
from tests.support.recorded_terminal import RecordedTerminal


class Caller:
    def __init__(self) -> None:
        self.body = b""
        self.errors: list[FunctionError | None] = []

    async def start(self, head: ResponseHead) -> None:
        assert head.streaming

    async def write(self, data: bytes) -> None:
        self.body += data

    def end(self, error: FunctionError | None) -> None:
        self.errors.append(error)


def post(address: str, size: int) -> tuple[int, bytes]:
    """Be a runtime: take the invocation, stream ``size`` bytes; returns the answer to the POST."""
    connection = http.client.HTTPConnection(address, timeout=90)
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    request_id = connection.getresponse().headers["Lambda-Runtime-Aws-Request-Id"]
    connection.close()
    headers = {"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked"}
    path = f"/2018-06-01/runtime/invocation/{request_id}/response"
    pieces = (b"x" * min(999, size - at) for at in range(0, size, 999))
    connection.request("POST", path, pieces, headers, encode_chunked=True)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


async def stream(size: int, limit: int) -> tuple[Caller, int, bytes]:
    terminal = RecordedTerminal()
    api = RuntimeApi("arn:f", FunctionLog(terminal, "F"), Limits(streamed=limit, on=False))
    address = await api.listen()
    runtime = asyncio.ensure_future(asyncio.to_thread(post, address, size))
    await api.initialised()
    caller = Caller()
    invoked = asyncio.ensure_future(api.invoke(Invocation("an-id", b"{}", "Root=1-a"), 0, caller))
    status, body = await runtime
    invoked.cancel()
    await asyncio.gather(invoked, return_exceptions=True)
    await api.close()
    terminal.close(1)
    return caller, status, body


def test_up_to_the_limit_everything_passes() -> None:
    caller, status, _ = asyncio.run(stream(100_000, 100_000))
    assert (status, caller.body, caller.errors) == (202, b"x" * 100_000, [None])


def test_beyond_it_the_answer_is_cut_and_the_runtime_told() -> None:
    caller, status, body = asyncio.run(stream(250_000, 100_000))
    assert caller.body == b"x" * 100_000
    (error,) = caller.errors
    assert error is not None
    assert error.type == "Function.ResponseSizeTooLarge"
    assert error.message == "Response payload size exceeded maximum allowed payload size (100000 bytes)."
    assert (status, json.loads(body)["errorType"]) == (413, "RequestEntityTooLarge")
