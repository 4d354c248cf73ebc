"""Mixed streams, each of them checked; by hand for ten minutes: SOAK_SECONDS=600 pytest -s PATH_OF_THIS."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.integration.lambda_streaming.conftest import Start
from tests.integration.lambda_streaming.shared.conftest import (
    deadline,
    memory,
    serve,
    shared,
    wait_until_none_goes_on,
)
from tests.integration.lambda_streaming.shared.test_isolation import ERRORS, SOURCE, WHOLE, check
from tests.support.soak import SECONDS

PLACES = 100
ROUNDS = 3  # until what is made late has been made
# Bytes. What Python has allocated stays the same; the arenas of the allocator grew by 18 MB in 5,600 streams,
# by 49 MB in 55,000.
GROWTH = 80_000_000


@pytest.mark.timeout(SECONDS + 240)
def test_soak(start: Start) -> None:
    """Nothing is lost, nothing is mixed up, no handler goes on, and neither memory nor descriptors grow."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    runtime = start(SOURCE, environment=shared(PLACES))
    end = time.monotonic() + SECONDS
    before = rounds = served = 0
    while rounds < ROUNDS or time.monotonic() < end:
        events = []
        for number in range(served, served + PLACES):
            how = chance.choice(("return", *WHOLE, *ERRORS))
            gone = chance.choice((None, None, None, chance.randrange(1, 50_000)))
            headers = {"Lambda-Runtime-Invocation-Id": f"attempt-{number}"}
            headers |= deadline(chance.uniform(0.2, 1)) if how == "late" else {}
            sizes = [chance.choice((0, 9, 500, 20_000, 100_000)) for _ in range(chance.randrange(12))]
            event = {
                "how": how,
                "sizes": sizes,
                "pause": chance.randrange(20),
                "drains": chance.random() < 0.5,
            }
            event |= {"gone": gone, "number": number}
            events.append({**event, "settings": {"headers": headers, "close_after": gone}})
        for event, exchange in zip(events, serve(runtime, events), strict=True):
            check(event, exchange)
        rounds, served = rounds + 1, served + PLACES
        if rounds == ROUNDS:
            before = memory(runtime)
    descriptors = [len([*Path(f"/proc/{pid}/fd").iterdir()]) for pid in runtime.pids()[1:]]
    print(f"seed {seed}: {served} streams, memory {before} and then {memory(runtime)}, {descriptors}")
    assert memory(runtime) < before + GROWTH
    assert sum(descriptors) < 2 * PLACES
    wait_until_none_goes_on(runtime, PLACES)
