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

__all__ = [
    "HttpResponseStream",
    "InvalidStreamingOperation",
    "LambdaContext",
    "ResponseStream",
    "pipeline",
    "streamify_response",
]
