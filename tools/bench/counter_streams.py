"""`./scripts/bench local --streams N`: the counter N times at once, through one warm function.

What the functions themselves take is said beside it: 200 processes that wake 50 times a second are more than
two CPUs can run, and then no line can come every 20 ms, whoever passes it on.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from tools.bench.local_server import LocalServer
from tools.bench.streams import Stream, read_streams
from tools.bench.wire import WireError

_BODY = b"".join(b"Hello %d \n" % number for number in range(101))
_TICKS = os.sysconf("SC_CLK_TCK")
_SECONDS = 120.0

Values = dict[str, float]


def counter_streams(server: LocalServer, count: int, rounds: int) -> list[Values]:
    """Values of each round after one that starts the environments. Raises WireError for a wrong byte."""
    _read(server, count)
    return [_round(server, count) for _ in range(rounds)]


def _round(server: LocalServer, count: int) -> Values:
    functions = _descendants(server.pid)
    before = _cpu([server.pid]), _cpu(functions)
    streams = _read(server, count)
    gaps = sorted(gap for stream in streams for gap in stream.gaps())
    return {
        "gap": median(gaps),
        "gap p90": gaps[len(gaps) * 90 // 100],
        "gap p99": gaps[len(gaps) * 99 // 100],
        "gap most": gaps[-1],
        "server cpu": _cpu([server.pid]) - before[0],
        "functions cpu": _cpu(functions) - before[1],
        "server memory": _resident(server.pid),
    }


def _read(server: LocalServer, count: int) -> list[Stream]:
    streams = read_streams(server.address, [server.request("/")] * count, _SECONDS)
    wrong = sum(stream.body() != _BODY for stream in streams)
    if wrong:
        raise WireError(f"{wrong} of {count} streams of the counter had other bytes")
    return streams


def _descendants(pid: int) -> list[int]:
    """The processes that it has started and that are there yet, theirs included."""
    children = [int(child) for child in _proc(pid, f"task/{pid}/children").split()]
    return children + [later for child in children for later in _descendants(child)]


def _cpu(pids: Iterable[int]) -> float:
    """Seconds of CPU; a process that has gone counts as none."""
    fields = [_proc(pid, "stat").rpartition(")")[2].split() for pid in pids]
    return sum(int(found[11]) + int(found[12]) for found in fields if found) / _TICKS


def _resident(pid: int) -> float:
    """MiB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", _proc(pid, "status"))
    return int(found[1]) / 1024 if found else 0.0


def _proc(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""
