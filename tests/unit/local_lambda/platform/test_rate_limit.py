"""The rate of a streamed response."""

from __future__ import annotations

import random

from local_lambda.platform.rate_limit import CAPACITY, INTERVAL, PIECE, REFILL, Bandwidth


def test_the_first_six_mib_go_at_once() -> None:
    bandwidth = Bandwidth(100.0)
    assert sum(bandwidth.take(PIECE, 100.0) for _ in range(CAPACITY // PIECE)) == 0
    assert bandwidth.take(1, 100.0) == INTERVAL


def test_then_two_mib_a_second() -> None:
    now = 50.0
    bandwidth = Bandwidth(now)
    total = CAPACITY + 10 * 2**20
    for _ in range(total // PIECE):
        now += bandwidth.take(PIECE, now)
    assert now - 50.0 == 5.0


def test_a_write_waits_for_its_whole_size() -> None:
    bandwidth = Bandwidth(0.0)
    assert bandwidth.take(CAPACITY, 0.0) == 0
    assert bandwidth.take(2 * REFILL + 1, 0.0) == 3 * INTERVAL
    # What the third refill has left over is there for the next write.
    assert bandwidth.take(REFILL - 1, 3 * INTERVAL) == 0
    assert bandwidth.take(1, 3 * INTERVAL) == INTERVAL


def test_the_bucket_fills_again_and_no_further_than_at_first() -> None:
    bandwidth = Bandwidth(0.0)
    bandwidth.take(CAPACITY, 0.0)
    assert bandwidth.take(CAPACITY, 3600.0) == 0
    assert bandwidth.take(1, 3600.0) == INTERVAL


def test_a_slow_stream_is_never_held_up() -> None:
    bandwidth, now = Bandwidth(0.0), 0.0
    for _ in range(2000):
        now += 0.02
        assert bandwidth.take(PIECE, now) == 0


def test_no_more_than_the_bucket_and_its_refills_ever_passes() -> None:
    chance = random.Random(1)
    for _ in range(50):
        bandwidth, now, passed = Bandwidth(0.0), 0.0, 0
        for _ in range(400):
            size = chance.randrange(PIECE) + 1
            now += chance.random() * 0.01 + bandwidth.take(size, now)
            passed += size
            assert passed <= CAPACITY + REFILL * (int(now / INTERVAL + 1e-9))
