"""Functions under real tools, which are installed in a place of their own: ``./scripts/tools``."""

from __future__ import annotations

import contextlib
import os
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conformance.tools.collector import Collector
from tests.conformance.tools.tools import Seen
from tests.support.runtime_process import RuntimeProcess

ROOT = Path(__file__).resolve().parents[3]
PLACE = Path(os.environ.get("LAMBDA_STREAMING_TOOLS", ROOT / ".tools"))
REQUIREMENTS = Path(__file__).with_name("requirements.txt")

EVENT = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/",
    "rawQueryString": "",
    "headers": {"host": "example.com"},
    "requestContext": {
        "accountId": "anonymous",
        "apiId": "api",
        "domainName": "example.com",
        "domainPrefix": "api",
        "http": {
            "method": "GET",
            "path": "/",
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "",
        },
        "requestId": "id",
        "routeKey": "$default",
        "stage": "$default",
        "time": "12/Mar/2026:19:03:58 +0000",
        "timeEpoch": 1583348638390,
    },
    "isBase64Encoded": False,
}
HEADERS = {
    "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:123456789012:function:function",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    installed = PLACE / "requirements.txt"
    if installed.exists() and installed.read_bytes() == REQUIREMENTS.read_bytes():
        return
    reason = f"the tools are not in {PLACE}: ./scripts/tools installs them"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


class ToolProcess(RuntimeProcess):
    """A runtime process that finds the tools, and what they tell the collector."""

    def __init__(
        self, directory: Path, collector: Collector, source: str, environment: dict[str, str], handler: str
    ) -> None:
        self._collector = collector
        self._made = 0
        (directory / "tools.pth").write_text(f"{PLACE}\n")
        variables = {
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/function",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_XRAY_DAEMON_ADDRESS": collector.daemon_address,
            "POWERTOOLS_SERVICE_NAME": "service",
            "ELASTIC_APM_SERVER_URL": f"http://{collector.address}",
            "ELASTIC_APM_LAMBDA_APM_SERVER": f"http://{collector.address}",
            "COLLECTOR": f"http://{collector.address}",
            "DSN": f"http://key@{collector.address}/1",
            "PYTHONWARNINGS": "ignore",
            **environment,
        }
        super().__init__(directory, textwrap.dedent(source), handler=handler, environment=variables)

    def see(self, *, failed: bool = False, **event: object) -> tuple[str, Seen]:
        """Make an invocation; return how it was answered, and what was seen of it by the next."""
        before, logged = len(self._collector.items), len(self.log)
        invocation = self.api.invoke({**EVENT, **event, "fail": failed}, headers=HEADERS)
        exchange = self.answer(timeout=60)  # the imports of some of them take seconds
        self._made += 1
        self.api.wait_for_next(self._made + 1)
        self._collector.drain()
        body = exchange.body.rpartition(b"\0" * 8)[2].decode()
        kind = exchange.path.rpartition("/")[2]
        if kind == "response" and failed:
            kind = exchange.trailers.get("lambda-runtime-function-error-type", "no error")
        return kind, Seen(
            self.log[logged:], lambda: self._collector.items[before:], invocation.request_id, failed, body
        )


Run = Callable[..., ToolProcess]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture
def run(tmp_path: Path, collector: Collector) -> Iterator[Run]:
    """Start one process: ``run(source, environment, handler)``."""
    with contextlib.ExitStack() as stack:

        def start(source: str, environment: dict[str, str], handler: str = "app.handler") -> ToolProcess:
            process = ToolProcess(tmp_path, collector, source, environment, handler)
            stack.callback(process.close)
            return process

        yield start
