"""What the functions of the bench write, the same in every Python peer."""

import time
from collections.abc import Iterator, Mapping

METADATA = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}
ALPHABET = b"abcdefghijklmnopqrstuvwxyz"

_chunks: dict[int, list[bytes]] = {}


def chunks(size: int) -> list[bytes]:
    """Four different chunks of `size` bytes, made once: the bench measures the runtime, not this function."""
    if size not in _chunks:
        _chunks.clear()
        turned = [ALPHABET[variant:] + ALPHABET[:variant] for variant in range(4)]
        _chunks[size] = [(letters * (size // 26 + 1))[:size] for letters in turned]
    return _chunks[size]


def stamp() -> bytes:
    """A line that says when it was written, in nanoseconds of CLOCK_MONOTONIC."""
    return b"%020d\n" % time.perf_counter_ns()


def steps(query: Mapping[str, str]) -> Iterator[bytes | float]:
    """Lines to write, for measuring latency; a float is a pause in seconds, to be slept or awaited."""
    pause = int(query["pause_us"]) / 1_000_000
    for _ in range(int(query["lines"])):
        yield stamp()
        if query["mode"] == "ticker":
            yield pause
            continue
        yield stamp()
        if query["mode"] == "pairs":
            yield pause
        else:
            _compute(pause)


def _compute(seconds: float) -> None:
    """Keep the interpreter busy, awaiting and sleeping nothing."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass
