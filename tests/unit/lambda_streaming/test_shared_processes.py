from __future__ import annotations

import pytest

from lambda_streaming._shared_processes import shares_of


@pytest.mark.parametrize(
    ("concurrency", "cpus", "shares"),
    [
        (1, 1, [1]),
        (16, 1, [16]),
        (32, 2, [16, 16]),
        (33, 2, [17, 16]),
        (1600, 64, [25] * 64),
        (3, 8, [1, 1, 1]),
        (7, 3, [3, 2, 2]),
    ],
)
def test_shares(concurrency: int, cpus: int, shares: list[int]) -> None:
    assert shares_of(concurrency, cpus) == shares
