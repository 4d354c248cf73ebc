"""What goes wrong in the local Lambda itself, or on its machine, ends an invocation, with a reason."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local_lambda.platform.function import Function
from local_lambda.platform.invocation import FunctionError, ResponseHead
from tests.integration.local_lambda.platform.raw_function import RAW, Collector, invocation, with_function
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

TEMPLATE_TEXT = f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Raw:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: raw.handler
      CodeUri: {RAW}
      Timeout: 20
      FunctionUrlConfig: {{AuthType: NONE}}
      Environment: {{Variables: {{VALUE: "VALUE HERE"}}}}
"""
# Both limits, so that the local Lambda cannot raise its own.
FEW_DESCRIPTORS = (
    *("sh", "-c", 'ulimit -n 64; exec "$@"', "sh"),
    *(sys.executable, "-m", "local_lambda", "start"),
)


def template(directory: Path, value: str = "") -> Path:
    path = directory / "template.yaml"
    path.write_text(TEMPLATE_TEXT.replace("VALUE HERE", value))
    return path


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (r"a\0b", r"fork/exec \S+: the variable VALUE has a NUL character"),
        (r"\ud800", "UnicodeEncodeError"),
        ("x" * 200_000, "Argument list too long"),
    ],
    ids=["NUL", "surrogate", "too long"],
)
def test_a_process_that_cannot_be_started(tmp_path: Path, value: str, reason: str) -> None:
    with LocalLambda(template(tmp_path, value), ports=2) as running:
        for _ in range(2):
            answer = request(running.urls["Raw"], "/process")
            assert (answer.status, answer.body) == (502, b"Internal Server Error")
            running.wait_for(f"REPORT RequestId: {answer.headers['x-amzn-RequestId']}")
        assert re.search(reason, running.output)
        assert "Traceback" not in running.output


def test_more_invocations_than_there_are_descriptors_for(tmp_path: Path) -> None:
    with LocalLambda(template(tmp_path), ports=2, command=FEW_DESCRIPTORS) as running:
        url = running.urls["Raw"]
        statuses: Counter[int] = Counter()
        threads = [
            threading.Thread(target=lambda: statuses.update([request(url, "/process?wait=1").status]))
            for _ in range(25)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(statuses.values()) == 25, "a client was left without a response"
        assert statuses.keys() == {200, 502}
        assert request(url, "/process").status == 200
        assert "Traceback" not in running.output
        assert "Too many open files" in running.output


def test_more_connections_than_there_are_descriptors_for(tmp_path: Path) -> None:
    with LocalLambda(template(tmp_path), ports=2, command=FEW_DESCRIPTORS) as running:
        url = running.urls["Raw"]
        address = (str(urlsplit(url).hostname), urlsplit(url).port)
        clients = [socket.create_connection(address, timeout=60) for _ in range(100)]
        running.wait_for("new connections wait")
        for client in clients:
            client.close()
        assert request(url, "/process").status == 200
        lines = [line for line in running.output.splitlines() if "Raw | " not in line]
        # Once a second; the descriptors were missing for no longer than a few.
        assert len([line for line in lines if "new connections wait" in line]) < 20
        assert "Traceback" not in running.output


def test_a_low_limit_is_raised(tmp_path: Path) -> None:
    low = ("sh", "-c", 'ulimit -S -n 64; exec "$@"', "sh", *FEW_DESCRIPTORS[-4:])
    with LocalLambda(template(tmp_path), ports=2, command=low) as running:
        address = (str(urlsplit(running.urls["Raw"]).hostname), urlsplit(running.urls["Raw"]).port)
        clients = [socket.create_connection(address, timeout=60) for _ in range(100)]
        assert request(running.urls["Raw"], "/process").status == 200
        assert "Warning" not in running.output
        for client in clients:
            client.close()


class Failing(Collector):
    """A receiver that fails where it is told to."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self._where = where

    async def start(self, head: ResponseHead) -> None:
        self._fail("start")

    async def write(self, data: bytes) -> None:
        self._fail("write")

    def end(self, error: FunctionError | None) -> None:
        super().end(error)
        self._fail("end")

    def _fail(self, where: str) -> None:
        if where == self._where:
            raise LookupError("no such luck")


@pytest.mark.parametrize("where", ["start", "write", "end"])
def test_a_receiver_that_fails(tmp_path: Path, where: str) -> None:
    receiver = Failing(where)

    async def use(function: Function) -> None:
        running = function.invoke(invocation("an-id", "/process"), receiver)
        async with asyncio.timeout(15):
            await running.responded.wait()
            await running.reported

    log = with_function(tmp_path, use)
    assert len(receiver.ends) == 1
    if where != "end":
        (error,) = receiver.ends
        assert error is not None
        assert error.type == "Sandbox.Failure"
        assert "LookupError: no such luck" in error.message
    assert "REPORT RequestId: an-id" in log


def test_a_function_that_is_removed_ends_its_invocations(tmp_path: Path) -> None:
    receiver = Collector()

    async def use(function: Function) -> None:
        running = function.invoke(invocation("an-id", "/lines", n="1000"), receiver)
        async with asyncio.timeout(15):
            while not receiver.body:
                await asyncio.sleep(0.02)
            await function.close()
            await running.responded.wait()

    with_function(tmp_path, use)
    assert [error.type for error in receiver.ends if error] == ["Sandbox.Failure"]
