"""Lambda's limits."""

from __future__ import annotations

from local_lambda.model.function import FunctionConfiguration
from local_lambda.model.limits import LIMITS, NO_LIMITS, Limits


def test_the_limit_is_200_mb() -> None:
    assert Limits().streamed == 200 * 2**20


def test_limits_are_lifted_together() -> None:
    function = FunctionConfiguration(
        logical_id="F",
        name="f",
        runtime="python3.13",
        handler="a.b",
        code="",
        timeout=1,
        reserved_concurrency=1,
    )
    assert LIMITS.applied_to(function) == function
    lifted = NO_LIMITS.applied_to(function)
    assert lifted.reserved_concurrency is None
    assert lifted.timeout > 86_400
