"""Streams a greeting, line by line."""

import time

from lambda_streaming import streamify_response

HEADERS = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}


@streamify_response
def handler(event, context):
    """Greet the name of the query, five times in a second."""
    name = event.get("queryStringParameters", {}).get("name", "world")
    yield {"statusCode": 200, "headers": HEADERS}
    for number in range(1, 6):
        yield f"{number}. Hello, {name}\n"
        time.sleep(0.2)
