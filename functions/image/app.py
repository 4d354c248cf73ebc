"""The image: the JPEG beside this file, served at every path as a web server would."""

import hashlib
from pathlib import Path
from typing import Any

import http_file
from lambda_streaming import HttpResponseStream, LambdaContext, ResponseStream, pipeline, streamify_response

IMAGE = Path(__file__).with_name("cat.jpg")
FILE = http_file.File(
    size=IMAGE.stat().st_size,
    etag=f'"{hashlib.sha256(IMAGE.read_bytes()).hexdigest()[:32]}"',
    modified=int(IMAGE.stat().st_mtime),
    content_type="image/jpeg",
)


@streamify_response
async def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
    """Send the file, or the part of it that was asked for."""
    response = http_file.respond(FILE, event["requestContext"]["http"]["method"], event["headers"])
    response_stream = HttpResponseStream.from_(response_stream, response.metadata)
    if response.length == FILE.size:
        await pipeline(IMAGE.open("rb"), response_stream)
        return
    with IMAGE.open("rb") as file:
        file.seek(response.first)
        response_stream.end(file.read(response.length))
