"""A countdown as server-sent events, behind a REST API: `GET /countdown/{from}`."""

import asyncio
from typing import Any

from lambda_streaming import HttpResponseStream, LambdaContext, ResponseStream, streamify_response

HIGHEST = 600


@streamify_response
async def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
    """Send one number a second, or ``?rate=`` numbers a second."""
    # A REST API's event has null, not an empty object, where there are no parameters.
    path = event["pathParameters"] or {}
    query = event["queryStringParameters"] or {}
    first, rate = path.get("from", ""), query.get("rate", "1")
    if not (is_number(first) and int(first) <= HIGHEST and is_number(rate) and 1 <= int(rate) <= 100):
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        stream = HttpResponseStream.from_(response_stream, {"statusCode": 400, "headers": headers})
        stream.end(f"expected /countdown/0 to /countdown/{HIGHEST}, and a rate from 1 to 100\n")
        return
    metadata = {
        "statusCode": 200,
        # Only API Gateway knows multiValueHeaders; they take precedence over headers of the same name.
        "multiValueHeaders": {"Cache-Control": ["no-store"]},
        "headers": {"Content-Type": "text/event-stream"},
    }
    stream = HttpResponseStream.from_(response_stream, metadata)
    for number in range(int(first), 0, -1):
        stream.write(f"data: {number}\n\n")
        await asyncio.sleep(1 / int(rate))
    stream.end("event: liftoff\ndata: 0\n\n")


def is_number(text: str) -> bool:
    """Return whether ``text`` is a whole number of at most four digits."""
    return text.isascii() and text.isdecimal() and len(text) <= 4
