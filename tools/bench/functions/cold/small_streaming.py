"""A small function that imports nothing but the runtime's names; `typing` alone would cost milliseconds."""

from __future__ import annotations

from lambda_streaming import HttpResponseStream, streamify_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambda_streaming import FunctionUrlEvent, LambdaContext, ResponseStream


@streamify_response
def handler(_event: FunctionUrlEvent, response_stream: ResponseStream, _context: LambdaContext) -> None:
    """Write 1 KB."""
    stream = HttpResponseStream.from_(response_stream, {"statusCode": 200})
    stream.write(b"x" * 1000)
    stream.end()
