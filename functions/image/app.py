"""The image: the JPEG that is zipped beside this file, at any path, served as a web server would."""

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
    """Pipe the file, or the part of it that was asked for."""
    answer = http_file.answer(FILE, event["requestContext"]["http"]["method"], event["headers"])
    response_stream = HttpResponseStream.from_(response_stream, answer.metadata)
    if answer.length == FILE.size:
        await pipeline(IMAGE.open("rb"), response_stream)
        return
    with IMAGE.open("rb") as file:
        file.seek(answer.first)
        response_stream.end(file.read(answer.length))
