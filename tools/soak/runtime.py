"""Serve invocations of every kind, one after the other, and look at each response and at the process.

    python -m tools.soak.runtime --minutes 60

The Runtime API is the tests' double: AWS's emulator passes nothing on before the end of a response, and cuts
none. Ends with status 1, and says why, where a byte of a response is wrong, or where the process grows once
it is warm: by a descriptor, by a thread, or by more than a few megabytes.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.support.runtime_api_server import Exchange
from tests.support.runtime_process import RuntimeProcess
from tools.soak.figures import Size
from tools.soak.wrong import Wrong

# How large a response of each kind may be; runtime_function.py beside this has the kinds.
KINDS = {
    "returned": 60_000,
    "written": 300_000,
    "with metadata": 20_000,
    "generator": 300_000,
    "async generator": 100_000,
    "coroutine": 50_000,
    "file": 1_000_000,
    "threads": 20_000,
    "compressed": 100_000,
    "error": 30_000,
    "async error": 5_000,
    "base exception": 5_000,
    "cut": 500_000,
}
_FAILING = ("error", "async error", "base exception")
_WARM = 1000  # invocations, after which the process has all that it needs
_SECONDS_A_LINE = 20

Event = dict[str, Any]


def body_of(event: Event, answer: Exchange) -> bytes:
    """Return the bytes that the function has made its response of."""
    if answer.path.endswith("/error"):
        return b""
    if answer.headers["content-type"] == "application/vnd.awslambda.http-integration-response":
        return answer.streamed[1]
    if event["kind"] == "returned":
        return base64.b64decode(answer.json)
    return gzip.decompress(answer.body) if event["kind"] == "compressed" else answer.body


def error_of(answer: Exchange) -> str | None:
    """Return the message of the error that Lambda was told of, if any."""
    if answer.path.endswith("/error"):
        return str(answer.json["errorMessage"])
    trailer = answer.trailers.get("lambda-runtime-function-error-body")
    return None if trailer is None else str(json.loads(base64.b64decode(trailer))["errorMessage"])


def check(event: Event, answer: Exchange) -> None:
    """Raise Wrong for a response that is not the event's."""
    data = random.Random(event["seed"]).randbytes(event["size"])
    body, error = body_of(event, answer), error_of(answer)
    if event["kind"] == "cut":
        right = not answer.complete and data.startswith(body)
    else:
        expected = str(event["seed"]) if event["kind"] in _FAILING else None
        right = answer.complete and error == expected and body == data
    if not right:
        raise Wrong(f"{event}: {len(body)} bytes, complete: {answer.complete}, error: {error}")


def soak(runtime: RuntimeProcess, minutes: float, seed: int) -> Counter[str]:
    """Serve invocations for some minutes; return how many of each kind. Raises Wrong."""
    choice, served = random.Random(seed), Counter[str]()
    warm: Size | None = None
    end = time.monotonic() + minutes * 60
    next_line = 0.0
    while time.monotonic() < end or warm is None:
        kind = choice.choice(list(KINDS))
        size = int(KINDS[kind] * choice.random() ** 3)  # most are small
        event: Event = {"kind": kind, "seed": choice.randrange(2**32), "size": size + 1}
        if kind == "cut":
            event["size"] += 300_000  # more than what is under way when it is cut
        answer = runtime.invoke(event, close_after=choice.randrange(1, 100_000) if kind == "cut" else None)
        runtime.api.started()  # which the double keeps for those who ask
        check(event, answer)
        served[kind] += 1
        if served.total() == _WARM:
            warm = Size.of(runtime.process.pid)
        if warm is not None and time.monotonic() > next_line:
            next_line = time.monotonic() + _SECONDS_A_LINE
            now = Size.of(runtime.process.pid)
            print(f"{served.total()} invocations, {now}", flush=True)
            now.check(warm)
    return served


def main() -> int:
    """Soak a runtime; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.soak.runtime", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--minutes", type=float, default=60, help="how long (60)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32, help="of the invocations' order")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    source = Path(__file__).with_name("runtime_function.py").read_text()
    with tempfile.TemporaryDirectory() as directory, RuntimeProcess(Path(directory), source) as runtime:
        try:
            served = soak(runtime, arguments.minutes, arguments.seed)
        except (Wrong, AssertionError) as wrong:
            print(f"soak: {wrong}", file=sys.stderr)
            print(runtime.log[-2000:], file=sys.stderr)
            return 1
    print(", ".join(f"{count} {kind}" for kind, count in sorted(served.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
