"""Runs the traffic, and judges what came of it."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from tools import ROOT
from tools.local_lambda_process import LocalLambda
from tools.soak.figures import Figures, alive, figures
from tools.soak.traffic import KINDS, Target
from tools.soak.wrong import Wrong

_HERE = Path(__file__).parent
_SETTLE_SECONDS = 5
# What caches, the heap's holes and Python's own arenas may take beside a leak: a leak of a kilobyte for each
# request is more within minutes.
_GROWTH_MB = 40
# An environment more than at the beginning, where more invocations overlapped, holds a few of each.
_SLACK = 40


@dataclass
class Outcome:
    """What a run has come to; ``wrong`` is empty when all is well."""

    sent: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    begin: Figures | None = None
    end: Figures | None = None

    def note(self, name: str, wrong: str | None) -> None:
        """Count one more of a kind."""
        self.sent[name] += 1
        if wrong is not None:
            self.wrong.append(f"{time.strftime('%H:%M:%S')} {name}: {wrong}")


def soak(minutes: float, *, limits: bool, tell: Callable[[str], None]) -> Outcome:
    """Send mixed traffic for so long to a local Lambda, with Lambda's limits or without."""
    outcome = Outcome()
    with ExitStack() as resources:
        project, place = (
            Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="soak-"))) for _ in range(2)
        )
        _make(project)
        environ = {**os.environ, "TMPDIR": str(place)}
        running = resources.enter_context(
            LocalLambda(project / "template.yaml", *([] if limits else ["--no-limits"]), environ=environ)
        )
        child = f"{secrets.randbelow(10**6) + 10**6}.5"
        target = Target(running.urls, running.port, project, child, limits)
        for kind, _ in KINDS:
            _once(kind, target, outcome)
        time.sleep(_SETTLE_SECONDS)
        outcome.begin = figures(running.pid, place)
        tell(f"begin:  {outcome.begin}")
        _traffic(target, outcome, minutes, lambda: tell(f"        {figures(running.pid, place)}"))
        time.sleep(_SETTLE_SECONDS)
        outcome.end = figures(running.pid, place)
        tell(f"end:    {outcome.end}")
        running.stop()
        _judge(outcome, running.output)
        if left := alive(target.child):
            outcome.wrong.append(f"{left} processes of functions are left")
        if left := sum(1 for _ in place.iterdir()):
            outcome.wrong.append(f"{left} directories are left")
    return outcome


def _make(project: Path) -> None:
    shutil.copy(_HERE / "template.yaml", project)
    shutil.copytree(_HERE / "functions", project, dirs_exist_ok=True)
    for name in ("counter", "image"):
        shutil.copytree(ROOT / "functions" / name, project / name)
    shutil.copytree(project / "posted", project / "saved")


def _once(kind: Callable[[Target], None], target: Target, outcome: Outcome) -> None:
    wrong: str | None = None
    try:
        kind(target)
    except (Wrong, OSError, ValueError, HTTPException) as error:
        wrong = f"{type(error).__name__}: {error}"
    outcome.note(kind.__name__, wrong)


def _traffic(target: Target, outcome: Outcome, minutes: float, each_minute: Callable[[], None]) -> None:
    until = time.monotonic() + minutes * 60

    def loop(kind: Callable[[Target], None], mean: float) -> None:
        while time.monotonic() < until:
            _once(kind, target, outcome)
            time.sleep(mean * (0.5 + random.random()))

    threads = [threading.Thread(target=loop, args=kind) for kind in KINDS]
    for thread in threads:
        thread.start()
    while (remaining := until - time.monotonic()) > 60:
        time.sleep(min(60, remaining))
        each_minute()
    for thread in threads:
        thread.join()


def _judge(outcome: Outcome, output: str) -> None:
    begin, end = outcome.begin, outcome.end
    assert begin is not None
    assert end is not None
    if end.memory_mb > begin.memory_mb + _GROWTH_MB:
        outcome.wrong.append(f"memory has grown from {begin.memory_mb} to {end.memory_mb} MB")
    for name in ("descriptors", "threads", "children", "entries"):
        before, after = getattr(begin, name), getattr(end, name)
        if after > before + _SLACK:
            outcome.wrong.append(f"{name} have grown from {before} to {after}")
    own = [line for line in output.splitlines() if " | " not in line]
    outcome.wrong += [f"a defect: {line}" for line in own if "Traceback" in line or "Internal error" in line]
