"""`./scripts/bench local`: what the way through the local Lambda costs, beside uvicorn and Starlette.

Both send the same bytes, one after the other in each round, so that a busy moment hits both; what counts is
the ratio of a round.
"""

import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tools import ROOT
from tools.bench import at_once, install, machine
from tools.bench.counter_streams import counter_streams
from tools.bench.event import expected_body
from tools.bench.local_server import LocalServer, local_lambda, raw_function, uvicorn
from tools.bench.report import align
from tools.bench.streams import read_streams
from tools.bench.wire import WireError

OURS, DIRECT = "local lambda", "uvicorn"
KB64 = 65_536
_SECONDS = 120.0

# What is measured → server → one value a round.
Samples = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Effort:
    """How often, and how much."""

    rounds: int
    requests: int
    writes: int
    flood: int


FULL = Effort(rounds=11, requests=50, writes=800, flood=20_000)
QUICK = Effort(rounds=3, requests=20, writes=200, flood=5_000)


def run(*, quick: bool, streams: int, many: int, file: str | None) -> None:
    """Measure, print a table, write JSON."""
    effort = QUICK if quick else FULL
    share = machine.Share()
    samples = _compare(effort)
    counter: list[dict[str, float]] = []
    if streams:
        print(f"{streams} streams of the counter", file=sys.stderr)
        with local_lambda(ROOT / "template.yaml", "CounterFunction") as server:
            counter = counter_streams(server, streams, 2 if quick else 5)
    together = at_once.at_once(many, 2 if quick else 5) if many else {}
    about = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "rounds": effort.rounds,
        "streams": streams,
        "at_once": many,
        **machine.describe(),
        "others_percent": share.percent(),
    }
    print(f"\nMedians of {effort.rounds} rounds.\n\n{_table(samples)}")
    if counter:
        print(f"\n{streams} streams of the counter, medians of {len(counter)} rounds.\n\n{_counter(counter)}")
    if together:
        print(f"\n{many} counters at once through one environment.\n\n{at_once.table(together)}")
    target = Path(file) if file else Path(__file__).parent / "results" / f"local-{about['when']}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    document: dict[str, Any] = {"about": about, "samples": samples, "counter": counter, "at_once": together}
    target.write_text(json.dumps(document, indent=1) + "\n")


def _compare(effort: Effort) -> Samples:
    samples: Samples = {}
    python = install.web_server(Path(getattr(sys, "_base_executable", sys.executable)))
    with raw_function() as ours, uvicorn(python) as direct:
        servers = {OURS: ours, DIRECT: direct}
        for server in servers.values():
            _body(server, 3, 1000)
        for number in range(effort.rounds):
            print(f"round {number + 1}/{effort.rounds}", file=sys.stderr)
            for name in random.Random(number).sample(sorted(servers), len(servers)):
                for metric, value in _measure(servers[name], effort).items():
                    samples.setdefault(metric, {}).setdefault(name, []).append(value)
    return samples


def _measure(server: LocalServer, effort: Effort) -> dict[str, float]:
    first = median(_body(server, 1, 1000)[0] for _ in range(effort.requests))
    _, whole = _body(server, effort.writes, KB64)
    _, flood = _body(server, effort.flood, 100)
    return {
        "first byte, 1 KB (us)": first * 1e6,
        "64 KB writes (MB/s)": effort.writes * KB64 / whole / 1e6,
        "100-byte writes (k/s)": effort.flood / flood / 1e3,
    }


def _body(server: LocalServer, writes: int, size: int) -> tuple[float, float]:
    """Seconds to the first and to the last byte. Raises WireError for another body than was asked for."""
    request = server.request(f"/?mode=body&writes={writes}&size={size}")
    (stream,) = read_streams(server.address, [request], _SECONDS)
    if stream.body() != expected_body(writes, size):
        raise WireError(f"{writes} writes of {size} bytes: other bytes came")
    return (stream.first_byte() - stream.sent) / 1e9, (stream.times[-1] - stream.sent) / 1e9


def _table(samples: Samples) -> str:
    rows = [["", OURS, DIRECT, "ratio", "(min-max)"]]
    for metric, values in samples.items():
        ratios = [ours / direct for ours, direct in zip(values[OURS], values[DIRECT], strict=True)]
        medians = [f"{median(values[name]):,.1f}" for name in (OURS, DIRECT)]
        rows.append([metric, *medians, f"{median(ratios):.2f}", f"({min(ratios):.2f}-{max(ratios):.2f})"])
    return align(rows)


def _counter(rounds: list[dict[str, float]]) -> str:
    units = {"gap": "ms", "cpu": "s", "memory": "MiB"}
    rows = [["", "unit", "median", "(min-max)"]]
    for name in rounds[0]:
        values = [each[name] for each in rounds]
        unit = next(unit for word, unit in units.items() if word in name)
        rows.append([name, unit, f"{median(values):.1f}", f"({min(values):.1f}-{max(values):.1f})"])
    return align(rows)
