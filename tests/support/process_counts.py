"""What a process holds: its descriptors and its children."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Held(NamedTuple):
    """How much of each."""

    descriptors: int
    children: int


def held(pid: int) -> Held:
    """Return how much it holds now."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = sum(len((task / "children").read_text().split()) for task in tasks)
    return Held(len(list(Path(f"/proc/{pid}/fd").iterdir())), children)
