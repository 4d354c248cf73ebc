"""Runs the Python that is posted to it, with the response stream: each kind of traffic brings its own."""

from typing import Any

from lambda_streaming import LambdaContext, ResponseStream, streamify_response


@streamify_response
def handler(event: dict[str, Any], response_stream: ResponseStream, context: LambdaContext) -> None:
    """Run the body of the request."""
    exec(event["body"], {"stream": response_stream, "context": context})
