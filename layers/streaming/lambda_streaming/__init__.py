"""Response streaming for Python on AWS Lambda, under AWS's own names.

from lambda_streaming import HttpResponseStream, streamify_response

@streamify_response
def handler(event, context):
    yield {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}
    yield "Hello, "
    yield "world"
"""

from lambda_streaming.errors import InvalidStreamingOperation
from lambda_streaming.handlers import streamify_response
from lambda_streaming.http_response_stream import HttpResponseStream
from lambda_streaming.invocation import LambdaContext
from lambda_streaming.pipeline import pipeline
from lambda_streaming.response_stream import ResponseStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambda_streaming.types import FunctionUrlEvent, Metadata
else:

    def __getattr__(name):
        """Import what is for annotations only when it is asked for: it brings `typing` along."""
        if name not in ("FunctionUrlEvent", "Metadata"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from lambda_streaming import types

        return getattr(types, name)


__all__ = [
    "FunctionUrlEvent",
    "HttpResponseStream",
    "InvalidStreamingOperation",
    "LambdaContext",
    "Metadata",
    "ResponseStream",
    "pipeline",
    "streamify_response",
]
