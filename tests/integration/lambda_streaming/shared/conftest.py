"""Runtimes with LAMBDA_STREAMING_SHARED=1, and many invocations of them at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.support.runtime_api_server import Exchange
from tests.support.runtime_process import RuntimeProcess


def shared(places: int, **more: str) -> dict[str, str]:
    """The environment variables of ``places`` invocations at a time."""
    return {
        "AWS_LAMBDA_MAX_CONCURRENCY": str(places),
        "LAMBDA_STREAMING_SHARED": "1",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        **more,
    }


def serve(runtime: RuntimeProcess, invocations: Iterable[Mapping[str, Any]]) -> list[Exchange]:
    """Hand out invocations, all at once; return what the runtime posted, in the order of the invocations.

    Each is the event and, under "settings", what the Runtime API is to do with it.
    """
    ids = []
    for each in invocations:
        event = {name: value for name, value in each.items() if name != "settings"}
        ids.append(runtime.api.invoke(event, **each.get("settings", {})).request_id)
    posted: dict[str, Exchange] = {}
    while len(posted) < len(ids):
        exchange = runtime.answer()
        posted[exchange.path.split("/")[2]] = exchange
    return [posted[request_id] for request_id in ids]


def wait_until_none_goes_on(runtime: RuntimeProcess, places: int) -> None:
    """Wait for the handlers that were cancelled: beside other tests, the last may take their time.

    The handler must know "count running". As many ask at once as there are places: that is each process.
    """
    end = time.monotonic() + 60
    while {answer.streamed[1] for answer in serve(runtime, [{"how": "count running"}] * places)} != {b"0"}:
        assert time.monotonic() < end, runtime.log


def deadline(seconds: float) -> dict[str, str]:
    """The header that says when an invocation's time is up."""
    return {"Lambda-Runtime-Deadline-Ms": str(int((time.time() + seconds) * 1000))}


def memory(runtime: RuntimeProcess) -> int:
    """Bytes that the runtime's processes have in memory."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in runtime.pids())
    return pages * os.sysconf("SC_PAGE_SIZE")
