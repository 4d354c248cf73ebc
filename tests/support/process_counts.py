"""What a process holds: its descriptors and its children, counted until they have come down."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple


class Held(NamedTuple):
    """How much of each."""

    descriptors: int
    children: int


def held(pid: int) -> Held:
    """Now."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = sum(len((task / "children").read_text().split()) for task in tasks)
    return Held(len(list(Path(f"/proc/{pid}/fd").iterdir())), children)


def held_after(pid: int, most: Held, seconds: float = 30) -> Held:
    """As soon as it is no more than that; what there is at the end of the time otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        now = held(pid)
        if all(one <= other for one, other in zip(now, most, strict=True)) or time.monotonic() > deadline:
            return now
        time.sleep(0.02)
