"""An MCP server, stateless: every request is whole, so any execution environment can take it.

https://modelcontextprotocol.io/specification (streamable HTTP)
"""

import asyncio
import os

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from bearer import BearerOnly
from lambda_streaming.asgi import asgi

SECONDS_A_STEP = 0.2
server = MCPServer("primes", instructions="Counts prime numbers.")


@server.tool()
async def count_primes(below: int, ctx: Context) -> int:
    """Count the prime numbers below a limit, at most a million; report progress ten times."""
    below = min(below, 1_000_000)
    sieve = bytearray([1]) * max(below, 2)
    sieve[0:2] = b"\0\0"
    for step in range(1, 11):
        for number in range(2, int(below**0.5) + 1):
            if number % 10 == step % 10 and sieve[number]:
                sieve[number * number :: number] = bytes(len(range(number * number, len(sieve), number)))
        await ctx.report_progress(step, 10, f"step {step} of 10")
        await asyncio.sleep(SECONDS_A_STEP)  # stands for work that takes longer
    return sum(sieve[:below])


# The check of Host names guards servers on a user's own machine; a function URL's name is checked by AWS.
app = server.streamable_http_app(
    stateless_http=True,
    transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
)
issuer = os.environ.get("ISSUER", "")
handler = asgi(BearerOnly(app, issuer, os.environ.get("CLIENT_ID", "")) if issuer else app)
