"""What a process and its working directory hold, by Linux's /proc."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figures:
    """At one moment."""

    memory_mb: int
    descriptors: int
    threads: int
    children: int
    entries: int
    """Files, directories and links in the working directory."""

    def __str__(self) -> str:
        return (
            f"memory {self.memory_mb} MB, descriptors {self.descriptors}, threads {self.threads}, "
            f"children {self.children}, entries of the working directory {self.entries}"
        )


def figures(pid: int, place: Path) -> Figures:
    """Return those of a process now; ``place`` is where its working directory was made."""
    process = Path(f"/proc/{pid}")
    status = (process / "status").read_text()
    tasks = list((process / "task").iterdir())
    return Figures(
        memory_mb=_number(r"VmRSS:\s+(\d+) kB", status) // 1024,
        descriptors=len(list((process / "fd").iterdir())),
        threads=_number(r"Threads:\s+(\d+)", status),
        children=sum(len((task / "children").read_text().split()) for task in tasks),
        entries=sum(1 for _ in place.rglob("*")),
    )


def alive(mark: str) -> int:
    """Return how many processes have the text in their command lines."""
    return sum(mark.encode() in _command_line(place) for place in Path("/proc").glob("[0-9]*/cmdline"))


def _command_line(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:  # it has ended
        return b""


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found is not None
    return int(found[1])
