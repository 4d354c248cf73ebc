"""The counter: ``Hello 0`` to ``Hello 100``, one line every 20 ms, each sent as it is written."""

import asyncio
from typing import Any

from lambda_streaming import HttpResponseStream, LambdaContext, ResponseStream, streamify_response


@streamify_response
async def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
    """Write the 101 lines."""
    metadata = {
        "statusCode": 200,
        "headers": {
            "Content-Type": "text/plain",
            # Without it browsers collect text to guess its type, and show nothing until the end.
            "X-Content-Type-Options": "nosniff",
        },
    }
    response_stream = HttpResponseStream.from_(response_stream, metadata)
    for i in range(101):
        await asyncio.sleep(0.02)
        response_stream.write(f"Hello {i} \n")
    response_stream.end()
    await response_stream.finished()
