"""The log of one invocation while it is written: a JSON object a line, the last one says how it ended.

`{"line": "..."}` for each line; at the end `{"end": true}`, with `"error"` of type and body when the
invocation failed. A response that has begun cannot tell its caller that, the log can.
"""

import asyncio
import json
from typing import Any

from local_lambda.http.exchange import Exchange
from local_lambda.http.message import Headers
from local_lambda.log.history import History, InvocationLog

_HEADERS: Headers = [("Content-Type", "application/x-ndjson"), ("Cache-Control", "no-store")]


async def send_log(exchange: Exchange, history: History, request_id: str) -> None:
    """Send the lines until now and those to come. Raises OSError when the reader has left."""
    changed, sent = asyncio.Event(), 0
    exchange.start(200, _HEADERS)
    with history.watched(request_id, changed.set):
        while True:
            changed.clear()
            log = history.of(request_id) or InvocationLog(ended=True)  # forgotten meanwhile
            await exchange.write(b"".join(_line({"line": line}) for line in log.lines[sent:]))
            sent = len(log.lines)
            if log.ended:
                break
            await changed.wait()
    await exchange.write(_line(_ending(log.error)))
    exchange.finish()


def _ending(error: tuple[str, bytes] | None) -> dict[str, Any]:
    if error is None:
        return {"end": True}
    return {"end": True, "error": {"type": error[0], "body": error[1].decode(errors="replace")}}


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode() + b"\n"
