"""Which idle environments are ended, and when."""

from __future__ import annotations

import pytest

from local_lambda.platform.idle import Patience

PATIENCE = Patience(spare=10, last=100)


@pytest.mark.parametrize(
    ("idle_since", "now", "overdue"),
    [
        ([], 1000, 0),
        ([0], 99, 0),  # the last one stays longer
        ([0], 100, 1),
        ([0, 1, 2], 9, 0),
        ([0, 1, 2], 10, 1),
        ([0, 1, 2], 50, 2),
        ([0, 1, 2], 102, 3),
    ],
)
def test_the_one_used_last_stays_longer(idle_since: list[float], now: float, overdue: int) -> None:
    assert PATIENCE.overdue(idle_since, now) == overdue


@pytest.mark.parametrize(("idle_since", "expected"), [([], None), ([5], 105), ([5, 6], 15)])
def test_when_to_look_again(idle_since: list[float], expected: float | None) -> None:
    assert PATIENCE.look_again(idle_since) == expected
    if expected is not None:
        assert PATIENCE.overdue(idle_since, expected) == 1
