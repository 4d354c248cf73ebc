"""The bench's function as the managed Python runtime knows it: the whole answer in one dict."""

import time
from typing import Any

from steps import METADATA, chunks, steps


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Return what the event's query string asks for."""
    query = event["queryStringParameters"]
    pieces: list[bytes] = []
    if query["mode"] == "body":
        ready = chunks(int(query["size"]))
        pieces.extend(ready[number & 3] for number in range(int(query["writes"])))
    else:
        for step in steps(query):
            if isinstance(step, float):
                time.sleep(step)
            else:
                pieces.append(step)
    return METADATA | {"body": b"".join(pieces).decode()}
