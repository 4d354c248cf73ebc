"""The image: the JPEG that is zipped beside this file, at any path of the function URL."""

from pathlib import Path
from typing import Any

from lambda_streaming import HttpResponseStream, LambdaContext, ResponseStream, pipeline, streamify_response

IMAGE = Path(__file__).with_name("cat.jpg")


@streamify_response
async def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
    """Pipe the file."""
    metadata = {"statusCode": 200, "headers": {"Content-Type": "image/jpeg"}}
    response_stream = HttpResponseStream.from_(response_stream, metadata)
    await pipeline(IMAGE.open("rb"), response_stream)
