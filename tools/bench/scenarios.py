"""What is measured: each scenario starts a peer, drives it, and returns one value for each of its metrics."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles

from tools.bench import peers
from tools.bench.event import event
from tools.bench.peers import Peer, Places
from tools.bench.running import Running, running
from tools.bench.server import Exchange

STREAMING = (peers.OURS, peers.ASYNC, peers.AWSLAMBDARIC, peers.NODE, peers.RAW)
WEB = (peers.ASGI, peers.MANGUM)
MB = 1_000_000
KB64 = 65_536

Values = dict[str, float]


@dataclass(frozen=True)
class Effort:
    """How often a round repeats what is short, and how much it sends of what is long."""

    starts: int
    warm: int
    bodies: int
    flood: int
    lines: int


FULL = Effort(starts=3, warm=150, bodies=5, flood=200_000, lines=40)
QUICK = Effort(starts=1, warm=60, bodies=2, flood=50_000, lines=15)


@dataclass(frozen=True)
class Scenario:
    """A way to drive a peer; `measure` returns a value for each metric, named after the scenario."""

    name: str
    measure: Callable[[Peer, Places, Effort], Values]
    who: tuple[str, ...] = STREAMING
    rounds: int = 99  # at most so many, where few say it all


def cold(peer: Peer, places: Places, effort: Effort, *, use: str) -> Values:
    """Milliseconds from the start of the process to its first GET next, and to the first byte of a body."""
    ready: list[float] = []
    first: list[float] = []
    for _ in range(effort.starts):
        with running(peer, places, use) as runtime:
            ready.append((runtime.ready - runtime.process.started) / 1e6)
            if peer.name != peers.FLOOR:
                payload = runtime.invoke(event("body", writes=1, size=1000)).post.first_payload()
                first.append(((payload or 0) - runtime.process.started) / 1e6)
    return {"next": median(ready)} | ({"first": median(first)} if first else {})


def warm(
    peer: Peer, places: Places, effort: Effort, *, size: int, use: str = "work", pinned: bool = False
) -> Values:
    """Microseconds from an event to the request for the next, and to the first byte; CPU an invocation."""
    ask = event("body", writes=1 if size else 0, size=size)
    with running(peer, places, use, pinned=pinned) as runtime:
        settle = _yield if pinned else _sleep
        _repeat(runtime, ask, 30, settle)
        cpu = runtime.process.cpu_ns()
        exchanges = _repeat(runtime, ask, effort.warm, settle)
        cpu = runtime.process.cpu_ns() - cpu
    values = {"cycle": median(exchange.cycle for exchange in exchanges) / 1e3, "cpu": cpu / effort.warm / 1e3}
    if size:
        values["first"] = median(_first(exchange) for exchange in exchanges) / 1e3
    return values


def bulk(peer: Peer, places: Places, effort: Effort, *, total: int, size: int) -> Values:
    """MB/s from the event to the last byte, CPU seconds, and microseconds to the first byte."""
    writes = total // size
    repeats = effort.bodies if total < 100 * MB else 1
    with running(peer, places, "work") as runtime:
        runtime.invoke(event("body", writes=8, size=size))
        cpu = runtime.process.cpu_ns()
        exchanges = _repeat(runtime, event("body", writes=writes, size=size), repeats, _sleep)
        cpu = runtime.process.cpu_ns() - cpu
    return {
        "rate": median(writes * size / MB / (_duration(exchange) / 1e9) for exchange in exchanges),
        "cpu": cpu / repeats / 1e9,
        "first": median(_first(exchange) for exchange in exchanges) / 1e3,
    }


def flood(peer: Peer, places: Places, effort: Effort, *, use: str = "work") -> Values:
    """Thousands of 100-byte writes a second, and the CPU microseconds of one."""
    with running(peer, places, use) as runtime:
        runtime.invoke(event("body", writes=2000, size=100))
        cpu = runtime.process.cpu_ns()
        exchange = runtime.invoke(event("body", writes=effort.flood, size=100))
        cpu = runtime.process.cpu_ns() - cpu
    return {"rate": effort.flood / (_duration(exchange) / 1e6), "cpu": cpu / effort.flood / 1e3}


def ticker(peer: Peer, places: Places, effort: Effort) -> Values:
    """Microseconds from the write of a line to its arrival, one line every 10 ms."""
    delays = _lines(peer, places, "ticker", effort.lines, 10_000)
    return {"median": median(delays), "p95": quantiles(delays, n=20, method="inclusive")[-1]}


def pairs(peer: Peer, places: Places, effort: Effort) -> Values:
    """The same for the second of two lines written at once."""
    delays = _lines(peer, places, "pairs", effort.lines // 2, 10_000)
    return {"second": median(delays[1::2])}


def computing(peer: Peer, places: Places, effort: Effort) -> Values:
    """The same in milliseconds, for pairs of lines with 20 ms of computing, and no await, between."""
    delays = _lines(peer, places, "computing", effort.lines // 2, 20_000)
    return {"median": median(delays) / 1e3}


def memory(peer: Peer, places: Places, _effort: Effort, *, use: str = "work") -> Values:
    """Peak resident memory in MiB of a process that sent 1 MB, and of one that sent 200 MB."""
    values: Values = {}
    for total in (1, 200):
        with running(peer, places, use) as runtime:
            runtime.invoke(event("body", writes=total * MB // KB64, size=KB64))
            values[f"{total} MB"] = runtime.process.peak_rss() / (1 << 20)
    return values | {"growth": values["200 MB"] - values["1 MB"]}


SCENARIOS = (
    Scenario("cold", partial(cold, use="cold"), (*STREAMING, peers.RELEASED, peers.FLOOR)),
    Scenario("cold-heavy", partial(cold, use="heavy"), (peers.OURS, peers.RELEASED, peers.AWSLAMBDARIC)),
    Scenario("warm-empty", partial(warm, size=0)),
    Scenario("warm", partial(warm, size=1000)),
    Scenario("warm-empty-1cpu", partial(warm, size=0, pinned=True)),
    Scenario("warm-1cpu", partial(warm, size=1000, pinned=True)),
    Scenario("64k-20mb", partial(bulk, total=20 * MB, size=KB64)),
    Scenario("64k-200mb", partial(bulk, total=200 * MB, size=KB64)),
    Scenario("1m-200mb", partial(bulk, total=200 * MB, size=MB)),
    Scenario("flood", flood),
    Scenario("ticker", ticker),
    Scenario("pairs", pairs),
    Scenario("computing", computing),
    Scenario("memory", memory, rounds=2),
    Scenario("web-warm", partial(warm, size=1000, use="web"), WEB),
    Scenario("web-flood", partial(flood, use="web"), WEB),
    Scenario("web-memory", partial(memory, use="web"), WEB, rounds=1),
)


def _repeat(runtime: Running, ask: bytes, times: int, settle: Callable[[], None]) -> list[Exchange]:
    exchanges = []
    for _ in range(times):
        exchanges.append(runtime.invoke(ask))
        settle()
    return exchanges


def _sleep() -> None:
    """Let the runtime reach its wait before the next event, and both CPUs go idle as between real events."""
    time.sleep(0.0005)


def _yield() -> None:
    """The same on one CPU that stays awake: waking it would be most of what is measured."""
    until = time.perf_counter_ns() + 300_000
    while time.perf_counter_ns() < until:
        os.sched_yield()


def _lines(peer: Peer, places: Places, mode: str, count: int, pause_us: int) -> list[float]:
    with running(peer, places, "work") as runtime:
        runtime.invoke(event(mode, lines=2, pause_us=1000))
        exchange = runtime.invoke(event(mode, lines=count, pause_us=pause_us))
    return [delay / 1e3 for delay in exchange.post.delays()]


def _first(exchange: Exchange) -> int:
    return (exchange.post.first_payload() or 0) - exchange.sent


def _duration(exchange: Exchange) -> int:
    return exchange.post.times[-1] - exchange.sent
