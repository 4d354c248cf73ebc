"""The bench's function in the tutorial's form: a plain function that writes to the response stream."""

import time
from typing import Any

from steps import METADATA, chunks, steps

from lambda_streaming import HttpResponseStream, streamify_response


@streamify_response
def handler(event: dict[str, Any], response_stream: Any, _context: Any) -> None:
    """Write what the event's query string asks for."""
    query = event["queryStringParameters"]
    stream = HttpResponseStream.from_(response_stream, METADATA)
    write = stream.write
    if query["mode"] == "body":
        ready = chunks(int(query["size"]))
        for number in range(int(query["writes"])):
            write(ready[number & 3])
    else:
        for step in steps(query):
            if isinstance(step, float):
                time.sleep(step)
            else:
                write(step)
    stream.end()
