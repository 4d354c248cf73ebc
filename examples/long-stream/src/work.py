"""Work in a hundred steps: `GET /` is its page, `GET /work?job=ID` its stream, `POST /stop?job=ID` ends it.

An invocation ends before the function's timeout; the page's EventSource goes on in the next one by itself.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import stopped
from lambda_streaming.sse import Event, events, last_event_id

STEPS = 100
SECONDS_A_STEP = 0.1
SECONDS_BETWEEN_LOOKS = 1.0  # at the table: each is a read to pay for
PAGE = Path(__file__).with_name("page.html").read_text("utf-8")
JOB = re.compile(r"[0-9a-f-]{36}")  # a UUID of the page's own: nobody else can stop it


@events(margin=1.0)
def handler(event: dict[str, Any], context: Any) -> Iterator[Event] | dict[str, object]:
    """Route a request."""
    route = f"{event['requestContext']['http']['method']} {event['rawPath']}"
    if route == "GET /":
        return {"statusCode": 200, "headers": {"Content-Type": "text/html; charset=utf-8"}, "body": PAGE}
    job = event.get("queryStringParameters", {}).get("job", "")
    if route not in ("GET /work", "POST /stop") or not JOB.fullmatch(job):
        return {"statusCode": 404, "body": "expected GET /work?job=<UUID> or POST /stop?job=<UUID>\n"}
    if route == "POST /stop":
        stopped.stop(job)
        return {"statusCode": 204}
    done = last_event_id(event) or "0"
    return work(job, int(done) if done.isdecimal() else 0)


def work(job: str, done: int) -> Iterator[Event]:
    """Yield the steps that are left, or say that the work has been stopped."""
    next_look = 0.0
    for step in range(done + 1, STEPS + 1):
        if time.monotonic() >= next_look:
            if stopped.is_stopped(job):
                yield Event({"after": step - 1}, event="stopped")
                return
            next_look = time.monotonic() + SECONDS_BETWEEN_LOOKS
        time.sleep(SECONDS_A_STEP)  # the work itself
        yield Event({"step": step, "of": STEPS}, event="step", id=str(step), retry=200)
