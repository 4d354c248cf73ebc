"""What is reported, and what is aimed at: ratios of one run, never absolute times.

The limits are those set for the project from a study of the peers; docs/performance.md tells the outcome.
"""

from dataclasses import dataclass

from tools.bench import peers
from tools.bench.peers import (
    ASGI,
    AWSLAMBDARIC,
    BUILT,
    COMPILED,
    FLOOR,
    MANGUM,
    NODE,
    OURS,
    RAW,
    RELEASED,
    SHARED,
    UVICORN,
)


@dataclass(frozen=True)
class Metric:
    """A row of the table: a scenario's value."""

    key: str  # scenario.value
    title: str
    unit: str
    digits: int = 0


_STARTS = {
    "next": "start to the first GET next",
    "first": "start to the first byte",
    "cpu": "CPU to the first byte",
}

METRICS = (
    Metric("cold.next", "cold start to the first GET next", "ms", 1),
    Metric("cold.first", "cold start to the first byte of a body", "ms", 1),
    Metric("cold-heavy.next", "cold start, the function imports json and logging", "ms", 1),
    Metric("warm-empty.cycle", "warm cycle, empty body", "us"),
    Metric("warm.cycle", "warm cycle, 1 KB", "us"),
    Metric("warm.first", "warm first byte, 1 KB", "us"),
    Metric("warm.cpu", "CPU an invocation, 1 KB", "us"),
    Metric("warm-empty-1cpu.cycle", "warm cycle, empty, on one CPU", "us"),
    Metric("warm-1cpu.cycle", "warm cycle, 1 KB, on one CPU", "us"),
    Metric("64k-20mb.first", "first byte of 20 MB", "us"),
    Metric("64k-20mb.rate", "20 MB in 64 KB writes", "MB/s"),
    Metric("64k-200mb.rate", "200 MB in 64 KB writes", "MB/s"),
    Metric("64k-200mb.cpu", "CPU for 200 MB in 64 KB writes", "s", 3),
    Metric("1m-200mb.rate", "200 MB in 1 MB writes", "MB/s"),
    Metric("1m-200mb.cpu", "CPU for 200 MB in 1 MB writes", "s", 3),
    Metric("flood.rate", "100-byte writes", "k/s"),
    Metric("flood.cpu", "CPU a 100-byte write", "us", 2),
    Metric("ticker.median", "a ticker's line, write to arrival", "us"),
    Metric("ticker.p95", "a ticker's line, 95th percentile", "us"),
    Metric("pairs.second", "second of two close writes", "us"),
    Metric("computing.median", "lines of a function that computes", "ms", 2),
    Metric("memory.1 MB", "peak memory, 1 MB body", "MiB", 1),
    Metric("memory.200 MB", "peak memory, 200 MB body", "MiB", 1),
    Metric("memory.growth", "more for 200 MB than for 1 MB", "MiB", 1),
    Metric("web-warm.cycle", "Starlette, warm cycle, 1 KB", "us"),
    Metric("web-flood.rate", "Starlette, 100-byte chunks", "k/s"),
    Metric("web-memory.200 MB", "Starlette, peak memory, 200 MB body", "MiB", 1),
    *(
        Metric(f"{app.lower()}-{state}.{key}", f"{app} {how}, {what}", "ms")
        for app in ("Starlette", "FastAPI")
        for state, how in ((BUILT, "as built"), (COMPILED, "compiled"))
        for key, what in _STARTS.items()
    ),
    *(
        Metric(f"many-{count}.{key}", f"{count} at once, {what}", unit, digits)
        for count in (32, 64)
        for key, what, unit, digits in (
            ("ready", "FastAPI: until all can be served", "ms", 0),
            ("memory", "memory (PSS)", "MiB", 1),
            ("cpu", "CPU a stream of 100 lines", "ms", 1),
            ("gap", "from line to line, 20 ms intended", "ms", 1),
            ("gap p99", "the same, 99th percentile", "ms", 1),
        )
    ),
)


@dataclass(frozen=True)
class Target:
    """`metric` of `peer` over that of `base`; without a base, the value itself (a size, a wait cut off)."""

    metric: str
    limit: float
    base: str = ""
    least: bool = False  # at least `limit`; else at most
    peer: str = OURS
    base_metric: str = ""

    def met(self, value: float) -> bool:
        """Whether a median reaches the target."""
        return value >= self.limit if self.least else value <= self.limit


def _most(metric: str, peer: str = OURS, /, **limits: float) -> list[Target]:
    names = {"ric": AWSLAMBDARIC, "node": NODE, "raw": RAW, "floor": FLOOR}
    return [Target(metric, limit, names[base], peer=peer) for base, limit in limits.items()]


def _least(metric: str, **limits: float) -> list[Target]:
    return [
        Target(target.metric, target.limit, target.base, least=True) for target in _most(metric, **limits)
    ]


TARGETS = (
    *(
        target
        for peer in (RELEASED, OURS)
        for target in (
            *_most("cold.next", peer, ric=0.50, node=0.50, floor=1.6),
            *_most("cold.first", peer, ric=0.50, node=0.50),
            *_most("cold-heavy.next", peer, ric=0.85),
        )
    ),
    *_most("warm-empty.cycle", ric=0.90, node=0.45, raw=1.4),
    *_most("warm.cycle", ric=0.90, node=0.45, raw=1.4),
    *_most("warm.cpu", ric=0.80, node=0.30),
    *_most("warm-empty-1cpu.cycle", ric=0.75, node=0.25),
    *_most("warm-1cpu.cycle", ric=0.75, node=0.25),
    *_most("64k-20mb.first", node=0.4),
    Target("64k-20mb.first", 2.0, OURS, base_metric="warm.first"),
    *_least("64k-20mb.rate", ric=8, node=1.5, raw=0.75),
    *_least("64k-200mb.rate", ric=8, node=1.5, raw=0.75),
    *_most("64k-200mb.cpu", node=0.65, raw=1.4),
    *_most("1m-200mb.cpu", node=1.1, raw=1.4),
    *_least("flood.rate", node=1.5, raw=5),
    *_most("ticker.median", node=0.65, raw=1.8),
    *_most("ticker.p95", node=0.65, raw=1.8),
    *_most("pairs.second", node=0.5),
    Target("computing.median", 0.5),
    *_most("memory.200 MB", ric=0.02, node=0.30),
    Target("memory.200 MB", 16),
    Target("memory.growth", 1),
    Target("web-warm.cycle", 1.0, MANGUM, peer=ASGI),
    *(
        Target(f"{app}-{state}.{key}", 1.0, MANGUM, peer=ASGI)
        for app in ("starlette", "fastapi")
        for state in (BUILT, COMPILED)
        for key in _STARTS
    ),
    *(
        Target(f"{app}-{COMPILED}.{key}", 0.55, MANGUM, peer=ASGI, base_metric=f"{app}-{BUILT}.{key}")
        for app in ("starlette", "fastapi")
        for key in _STARTS
    ),
    Target("many-32.memory", 0.10, ASGI, peer=SHARED),
    Target("many-32.ready", 0.15, ASGI, peer=SHARED),
    Target("many-32.gap p99", 30, peer=SHARED),
)

COLUMNS = (OURS, RELEASED, peers.ASYNC, AWSLAMBDARIC, NODE, RAW, FLOOR, ASGI, MANGUM, UVICORN, SHARED)
