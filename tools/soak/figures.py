"""What a process and its working directory hold, by Linux's /proc."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tools.soak.wrong import Wrong

_GROWTH = 12 * 1024  # kilobytes of memory that a warm process may still take, for the allocator's sake


@dataclass(frozen=True)
class Size:
    """What a process has of the machine: memory in kilobytes, open descriptors, threads."""

    memory: int
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> Size:
        """Return the size of a process."""
        process = Path(f"/proc/{pid}")
        status = (process / "status").read_text()
        memory, threads = (_number(rf"{name}:\s+(\d+)", status) for name in ("VmRSS", "Threads"))
        return cls(memory, len(list((process / "fd").iterdir())), threads)

    def check(self, warm: Size) -> None:
        """Raise Wrong if this is more than what the process had when it was warm."""
        grown = self.memory - warm.memory
        if grown > _GROWTH or self.descriptors > warm.descriptors or self.threads > warm.threads:
            raise Wrong(f"the process has grown from {warm} to {self}")


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
    size = Size.of(pid)
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return Figures(
        memory_mb=size.memory // 1024,
        descriptors=size.descriptors,
        threads=size.threads,
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
