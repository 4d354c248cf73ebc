"""Response streaming for Python on AWS Lambda, under AWS's own names.

from lambda_streaming import HttpResponseStream, streamify_response

@streamify_response
def handler(event, context):
    yield {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}
    yield "Hello, "
    yield "world"
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambda_streaming._context import LambdaContext
    from lambda_streaming._decorator import streamify_response
    from lambda_streaming._exceptions import InvalidStreamingOperation
    from lambda_streaming._http_response_stream import HttpResponseStream
    from lambda_streaming._pipeline import pipeline
    from lambda_streaming._response_stream import ResponseStream
    from lambda_streaming._trace import trace_id
    from lambda_streaming.types import FunctionUrlEvent, Metadata, StreamingContext
else:
    # A cold start imports only what the function asks for.
    _MODULES = {
        "FunctionUrlEvent": "types",
        "HttpResponseStream": "_http_response_stream",
        "InvalidStreamingOperation": "_exceptions",
        "LambdaContext": "_context",
        "Metadata": "types",
        "ResponseStream": "_response_stream",
        "pipeline": "_pipeline",
        "StreamingContext": "types",
        "streamify_response": "_decorator",
        "trace_id": "_trace",
    }

    def __getattr__(name):
        """Import a public name's module when the name is asked for."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(__import__(f"{__name__}.{_MODULES[name]}", fromlist=[name]), name)
        globals()[name] = value
        return value


__all__ = [
    "FunctionUrlEvent",
    "HttpResponseStream",
    "InvalidStreamingOperation",
    "LambdaContext",
    "Metadata",
    "ResponseStream",
    "StreamingContext",
    "pipeline",
    "streamify_response",
    "trace_id",
]
