"""Runs the rounds: every scenario, and within it every peer, so that a busy moment hits all alike."""

import gc
import random
import sys
import time
from collections.abc import Callable, Sequence

from tools.bench.checks import check
from tools.bench.peers import Peer, Places
from tools.bench.scenarios import Effort, Scenario
from tools.bench.server import PeerError
from tools.bench.wire import WireError

FAILURES = (PeerError, WireError, OSError, ValueError)
Samples = dict[str, dict[str, list[float]]]


def checked(peers: Sequence[Peer], places: Places, skip: Callable[[str, str], None]) -> list[Peer]:
    """The peers that deliver the right bytes."""
    good = []
    for peer in peers:
        try:
            check(peer, places)
        except FAILURES as problem:
            skip(peer.name, f"failed the check: {problem}")
        else:
            good.append(peer)
    return good


def run(
    scenarios: Sequence[Scenario], peers: Sequence[Peer], places: Places, rounds: int, effort: Effort
) -> Samples:
    """Measure; a peer that fails is an error, for it passed the check."""
    work = [
        (number, scenario, peer)
        for number in range(rounds)
        for scenario in scenarios
        for peer in _shuffled(peers, f"{scenario.name} {number}")
        if peer.name in scenario.who and number < scenario.rounds
    ]
    samples: Samples = {}
    started = time.monotonic()
    gc.disable()  # no collection between two reads
    for done, (number, scenario, peer) in enumerate(work):
        _progress(done, len(work), started, f"round {number + 1}/{rounds}: {scenario.name}, {peer.name}")
        try:
            values = scenario.measure(peer, places, effort)
        except FAILURES as problem:
            raise PeerError(f"{peer.name} in {scenario.name}: {problem}") from problem
        for name, value in values.items():
            samples.setdefault(f"{scenario.name}.{name}", {}).setdefault(peer.name, []).append(value)
        gc.collect()
    gc.enable()
    _progress(len(work), len(work), started, "done\n")
    return samples


def _shuffled(peers: Sequence[Peer], seed: str) -> list[Peer]:
    """In another order in each round: who comes after a heavy peer starts a tenth more slowly."""
    return random.Random(seed).sample(peers, len(peers))


def _progress(done: int, total: int, started: float, text: str) -> None:
    """One line, rewritten on a terminal; elsewhere a line for every tenth part."""
    share = done / max(total, 1)
    line = f"{share:4.0%} {time.monotonic() - started:4.0f} s  {text}"
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
    elif done == total or done % max(1, total // 10) == 0:
        print(line.rstrip(), file=sys.stderr, flush=True)
