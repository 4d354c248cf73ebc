"""A runtime that has been started and is waiting for its first event."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tools.bench.peers import Peer, Places, environment
from tools.bench.process import RuntimeProcess
from tools.bench.server import Exchange, RuntimeApi


@dataclass(frozen=True)
class Running:
    """A peer, its process and its Runtime API; `ready` is when it first asked for an event."""

    api: RuntimeApi
    process: RuntimeProcess
    ready: int

    def invoke(self, event: bytes) -> Exchange:
        """One invocation."""
        return self.api.invoke(event)


@contextmanager
def running(peer: Peer, places: Places, use: str, *, pinned: bool = False) -> Iterator[Running]:
    """Start a peer: this process takes one CPU, the peer the others; with `pinned` both share that one.

    Left to the scheduler, some runs have both on one CPU and others not, which changes every latency.
    """
    cpus = os.sched_getaffinity(0)
    mine = {max(cpus)}
    apart = (not pinned and cpus - mine) or mine
    api = RuntimeApi(awake=apart != mine)
    process = None
    try:
        os.sched_setaffinity(0, apart)  # inherited by the peer
        process = RuntimeProcess(peer.argv, environment(peer, places, api.address, use))
        os.sched_setaffinity(0, mine)
        api.alive = process.check
        yield Running(api, process, api.wait_next())
    finally:
        os.sched_setaffinity(0, cpus)
        if process:
            process.stop()
        api.close()
