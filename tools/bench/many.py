"""`many-32`, `many-64`: streams at once through one environment, as on managed instances.

Nothing is pinned here: an environment has all CPUs, and a process for each is a part of what is measured.
"""

from functools import partial
from itertools import pairwise
from statistics import median

from tools.bench import peers
from tools.bench.event import event
from tools.bench.many_server import ManyApi
from tools.bench.peers import COMPILED, Peer, Places, environment
from tools.bench.process import RuntimeProcess
from tools.bench.scenarios import Effort, Scenario, Values
from tools.bench.wire import Post, WireError, payload

_WHO = (peers.SHARED, peers.ASGI, peers.MANGUM)
_LINES = 100
_LINE_SIZE = 21
_PAUSE = 20  # milliseconds between two lines
_USE = f"fastapi-{COMPILED}"


def many(peer: Peer, places: Places, _effort: Effort, *, count: int) -> Values:
    """Milliseconds until all can be served, PSS in MiB while they stream, CPU of a stream, gaps of lines."""
    api = ManyApi()
    variables = environment(peer, places, api.address, _USE)
    process = None
    try:
        process = RuntimeProcess(peer.argv, {**variables, "AWS_LAMBDA_MAX_CONCURRENCY": str(count)})
        api.alive = process.check
        ready = api.wait_for_places(count) - process.started
        memory: list[float] = []
        asks = [event("ticker", lines=_LINES, pause_us=_PAUSE * 1000)] * count
        halfway = _LINES * _PAUSE / 2000
        api.stream(asks, halfway, lambda: None)  # what is imported late, is there
        cpu = process.cpu_ns()
        posts = api.stream(asks, halfway, lambda: memory.append(process.pss() / (1 << 20)))
        cpu = process.cpu_ns() - cpu
    finally:
        if process:
            process.stop()
        api.close()
    for post in posts:
        if len(payload(post)) != _LINES * _LINE_SIZE or len(post.delays()) != _LINES:
            raise WireError(f"other bytes than {_LINES} lines: {bytes(post.body)[:200]!r}")
    values = {"ready": ready / 1e6, "memory": memory[0], "cpu": cpu / count / 1e6}
    gaps = sorted(gap for post in posts for gap in _gaps(post))
    return values | ({"gap": median(gaps), "gap p99": gaps[len(gaps) * 99 // 100]} if gaps else {})


def _gaps(post: Post) -> list[float]:
    """Milliseconds from each line to the next; none where the response was buffered."""
    if post.head.length is not None:
        return []
    times = post.arrivals()
    return [(later - earlier) / 1e6 for earlier, later in pairwise(times)]


SCENARIOS = tuple(Scenario(f"many-{count}", partial(many, count=count), _WHO, rounds=2) for count in (32, 64))
