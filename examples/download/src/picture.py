"""A picture of the bucket, made smaller and sent as a JPEG while it is encoded: `GET /cat.jpg?size=640`."""

from typing import Any

from botocore.exceptions import ClientError
from PIL import Image, ImageOps

from lambda_streaming import HttpResponseStream, LambdaContext, ResponseStream, streamify_response
from objects import S3, refusal, wanted

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SIZE = 4096  # pixels of the longer side
MAX_BYTES = 32 * 1024 * 1024  # of the object, which has to be in memory
MAX_PIXELS = 50_000_000  # three bytes each; a JPEG is decoded no larger than it is needed


@streamify_response
def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
    """Send the picture, no side longer than `size` pixels."""
    size = event.get("queryStringParameters", {}).get("size", "640")
    if not (size.isascii() and size.isdecimal() and 1 <= int(size) <= MAX_SIZE):
        reject(response_stream, 400, f"size must be a whole number from 1 to {MAX_SIZE}\n")
        return
    try:
        found = S3.get_object(**wanted(event))
    except ClientError as error:
        HttpResponseStream.from_(response_stream, refusal(error)).end()
        return
    etag = '"{}-{}"'.format(found["ETag"].strip('"'), size)
    if etag in event["headers"].get("if-none-match", ""):
        found["Body"].close()
        HttpResponseStream.from_(response_stream, {"statusCode": 304, "headers": {"ETag": etag}}).end()
    elif found["ContentLength"] > MAX_BYTES:
        found["Body"].close()
        reject(response_stream, 413, f"expected a picture of at most {MAX_BYTES} bytes\n")
    elif (picture := smaller(found["Body"], int(size))) is None:
        reject(response_stream, 415, f"expected {', '.join(FORMATS)} of at most {MAX_PIXELS} pixels\n")
    else:
        headers = {"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=3600", "ETag": etag}
        stream = HttpResponseStream.from_(response_stream, {"statusCode": 200, "headers": headers})
        picture.save(stream, "JPEG", quality=85)
        stream.end()


def smaller(body: Any, size: int) -> Image.Image | None:
    """Return the picture in its new size, or None if it is not one or has too many pixels."""
    try:
        picture: Image.Image = Image.open(body, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            return None
        picture.thumbnail((size, size))
    except OSError:  # Pillow's, for whatever it cannot read
        return None
    ImageOps.exif_transpose(picture, in_place=True)
    return picture.convert("RGB")


def reject(response_stream: ResponseStream, status: int, message: str) -> None:
    """Respond with a status and a text."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    HttpResponseStream.from_(response_stream, {"statusCode": status, "headers": headers}).end(message)
