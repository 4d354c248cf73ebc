"""The small function as an async generator."""

from __future__ import annotations

from lambda_streaming import streamify_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from lambda_streaming import FunctionUrlEvent, LambdaContext


@streamify_response
async def handler(_event: FunctionUrlEvent, _context: LambdaContext) -> AsyncIterator[dict[str, int] | bytes]:
    """Yield 1 KB."""
    yield {"statusCode": 200}
    yield b"x" * 1000
