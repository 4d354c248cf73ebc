"""The official MCP SDK's client: list the tools, call one, say when each progress notification came.

python mcp_tool.py URL [TOKEN]
"""

import asyncio
import json
import sys
import time
from typing import Any

import httpx2
from mcp import Client
from mcp.client.auth.utils import build_protected_resource_metadata_discovery_urls
from mcp.client.streamable_http import streamable_http_client


def say(**fields: Any) -> None:
    """Print a line."""
    print(json.dumps({"at": time.monotonic(), **fields}), flush=True)


async def call(url: str, token: str) -> None:
    """Call the tool."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        say(tools=[tool.name for tool in (await client.list_tools()).tools])

        async def progress(done: float, total: float | None, message: str | None) -> None:
            say(progress=done, total=total, message=message)

        result = await client.call_tool("count_primes", {"below": 1000}, progress_callback=progress)
        say(result=result.structured_content)


def discover(url: str) -> None:
    """Say what the client finds where a 401 has no WWW-Authenticate."""
    for address in build_protected_resource_metadata_discovery_urls(None, url):
        response = httpx2.get(address)
        if response.status_code == 200:
            say(address=address, metadata=response.json())
            return
    say(address=None)


if sys.argv[2:] == ["--discover"]:
    discover(sys.argv[1])
else:
    asyncio.run(call(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
