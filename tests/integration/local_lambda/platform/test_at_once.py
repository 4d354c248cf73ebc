"""Many streams at once through one function that shares its event loop (LAMBDA_STREAMING_SHARED)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.local_lambda.platform.test_environments import alive
from tests.support.runtime_process import ROOT
from tests.support.url_client import request
from tools.bench.streams import read_streams
from tools.local_lambda_process import LocalLambda

STREAMS, LINES = 100, 20
HANDLER = """
import asyncio, os
from lambda_streaming import streamify_response

@streamify_response
async def handler(event, context):
    query = event.get("queryStringParameters") or {}
    if "pid" in query:
        yield str(os.getpid())
    for number in range(int(query.get("lines", 0))):
        yield f"{query['name']} {number}\\n"
        await asyncio.sleep(0.02)
"""
TEMPLATE = f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Shared:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: code
      Timeout: 120
      Layers: [!Ref Streaming]
      CapacityProviderConfig: {{Arn: a, PerExecutionEnvironmentMaxConcurrency: {STREAMS}}}
      FunctionUrlConfig: {{AuthType: NONE, InvokeMode: RESPONSE_STREAM}}
      Environment:
        Variables:
          AWS_LAMBDA_EXEC_WRAPPER: /opt/python/streaming-bootstrap
          LAMBDA_STREAMING_SHARED: "1"
  Streaming:
    Type: AWS::Serverless::LayerVersion
    Properties: {{ContentUri: {ROOT / "layers" / "opt"}}}
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[LocalLambda]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text(HANDLER)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    with LocalLambda(tmp_path / "template.yaml", ports=2) as local_lambda:
        yield local_lambda


def read_all(url: str) -> None:
    """Read every stream at once, each with lines of its own."""
    host, port = re.findall(r"//(.+):([0-9]+)/", url)[0]
    requests = [
        f"GET /?name=s{number}&lines={LINES} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        for number in range(STREAMS)
    ]
    for number, stream in enumerate(read_streams((host, int(port)), requests, 100)):
        assert stream.body() == b"".join(b"s%d %d\n" % (number, line) for line in range(LINES))


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def memory_kb(pid: int) -> int:
    return int(re.findall(r"VmRSS:\s+([0-9]+) kB", Path(f"/proc/{pid}/status").read_text())[0])


def test_a_hundred_streams_share_an_environment(running: LocalLambda) -> None:
    url = running.urls["Shared"]
    read_all(url)
    open_before, memory_before = descriptors(running.pid), memory_kb(running.pid)
    read_all(url)
    read_all(url)
    # What stays is the runtime's connections, one for each invocation that it takes at once.
    assert descriptors(running.pid) <= max(open_before, STREAMS + 50)
    assert memory_kb(running.pid) < memory_before + 20 * 1024
    assert running.output.count("INIT_REPORT") == 1, "they did not fit into one environment"
    assert alive(int(request(url, "/?pid=1").body))
