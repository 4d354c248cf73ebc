"""A function in this process, served by the runtime that is written by hand."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.function import Function
from local_lambda.platform.idle import PATIENCE, Patience
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead
from local_lambda.process.launch_spec import LaunchSpec
from local_lambda.process.watchdog import Watchdog
from tests.integration.local_lambda.conftest import TEMPLATE
from tests.support.recorded_terminal import RecordedTerminal

RAW = TEMPLATE.parent / "raw"


def invocation(request_id: str, path: str, **query: str) -> Invocation:
    """A GET of that path at a function URL that streams."""
    event = {
        "rawPath": path,
        "queryStringParameters": query,
        "requestContext": {"http": {"method": "GET"}},
    }
    return Invocation(request_id, json.dumps(event).encode(), "Root=1", streaming=True)


class Collector:
    """Keeps a response; ``end`` is called once."""

    def __init__(self) -> None:
        self.body = b""
        self.ends: list[FunctionError | None] = []

    @property
    def json(self) -> Any:
        """The body, once it is complete."""
        assert self.ends == [None]
        return json.loads(self.body)

    async def start(self, head: ResponseHead) -> None:
        """The runtime has begun its response."""

    async def write(self, data: bytes) -> None:
        """Some bytes of the response."""
        self.body += data

    def end(self, error: FunctionError | None) -> None:
        """The response is complete, or will never be."""
        self.ends.append(error)


def with_function(
    directory: Path, use: Callable[[Function], Awaitable[None]], patience: Patience = PATIENCE
) -> str:
    """Use a function, then close it; return its log."""
    terminal = RecordedTerminal()

    async def run() -> None:
        with Watchdog(directory / "work") as watchdog:
            spec = LaunchSpec(
                argv=[sys.executable, str(RAW / "bootstrap")],
                variables=lambda api: {"AWS_LAMBDA_RUNTIME_API": api},
                directory=directory,
                function_arn="arn",
                timeout=20,
                memory=128,
                watchdog=watchdog,
            )
            function = Function(spec, FunctionLog(terminal, "F"), patience=patience)
            try:
                await use(function)
            finally:
                await function.close()

    asyncio.run(run())
    terminal.close(5)
    return terminal.text
