"""What a soak looks for: something else than what has to be."""

from __future__ import annotations


class Wrong(Exception):
    """What came is not what had to come, or a process has grown; the text says what."""


def expect(seen: object, wanted: object) -> None:
    """Compare. Raises Wrong."""
    if seen != wanted:
        raise Wrong(f"expected {str(wanted)[:200]}, got {str(seen)[:200]}")
