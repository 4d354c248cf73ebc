"""The MCP server, called by the official client and by the inspector's CLI; with tokens and without."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from samcli.yamlhelper import yaml_dump, yaml_parse

from tests.support.issuer import Issuer
from tests.support.real_clients import run_npm, run_python
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

pytestmark = pytest.mark.timeout(600)  # a busy machine takes long to build and to import an SDK

EXAMPLE = "mcp"
STEPS = 10
PRIMES_BELOW_1000 = 168
LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}).encode()
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def urls(template: Path, issuer: Issuer) -> Iterator[dict[str, str]]:
    """The server as it is deployed without an issuer, and with one: two functions of one template."""
    document = yaml_parse(template.read_text())
    closed = json.loads(json.dumps(document["Resources"]["McpFunction"]))
    closed["Properties"]["Environment"]["Variables"].update(ISSUER=issuer.url, CLIENT_ID="app")
    closed["Metadata"]["SamResourceId"] = "ClosedFunction"
    document["Resources"]["ClosedFunction"] = closed
    both = template.with_name("both.yaml")
    both.write_text(yaml_dump(document))
    with LocalLambda(both) as running:
        for url in running.urls.values():  # the first request waits for the SDK to be imported
            httpx.post(f"{url}mcp", content=LIST, headers=HEADERS, timeout=300)
        yield {name: f"{url}mcp" for name, url in running.urls.items()}


def test_the_official_client_gets_progress_while_the_tool_works(urls: dict[str, str]) -> None:
    tools, *progress, result = run_python("mcp_tool.py", urls["McpFunction"])
    assert tools["tools"] == ["count_primes"]
    assert [one["progress"] for one in progress] == list(range(1, STEPS + 1))
    assert result["result"] == {"result": PRIMES_BELOW_1000}
    # The tool works for 0.2 s a step; what is gathered comes all at once.
    assert progress[-1]["at"] - progress[0]["at"] > 1


def test_the_inspector_calls_the_tool(urls: dict[str, str]) -> None:
    arguments = ["--method", "tools/call", "--tool-name", "count_primes", "--tool-arg", "below=1000"]
    printed = run_npm("mcp-inspector", "--cli", urls["McpFunction"], "--transport", "http", *arguments)
    assert json.loads(printed)["structuredContent"] == {"result": PRIMES_BELOW_1000}


def test_without_a_good_token_nobody_gets_in(urls: dict[str, str], issuer: Issuer) -> None:
    base = urls["ClosedFunction"].removesuffix("mcp")
    for token in ("", issuer.token(exp=1), issuer.token(client_id="other"), issuer.token(token_use="id")):
        headers = {**HEADERS, **({"Authorization": f"Bearer {token}"} if token else {})}
        refused = request(base, "/mcp", "POST", LIST, headers)
        assert (refused.status, refused.json) == (401, {"error": "invalid_token"})
        # A function URL takes this header away from clients.
        assert refused.headers["WWW-Authenticate"] is None
        assert "resource_metadata=" in refused.headers["x-amzn-Remapped-www-authenticate"]


def test_the_official_client_finds_the_issuer_all_the_same(urls: dict[str, str], issuer: Issuer) -> None:
    url = urls["ClosedFunction"]
    (found,) = run_python("mcp_tool.py", url, "--discover")
    assert found["metadata"] == {"resource": url, "authorization_servers": [issuer.url]}


def test_a_token_lets_the_official_client_in(urls: dict[str, str], issuer: Issuer) -> None:
    *_, result = run_python("mcp_tool.py", urls["ClosedFunction"], issuer.token())
    assert result["result"] == {"result": PRIMES_BELOW_1000}
