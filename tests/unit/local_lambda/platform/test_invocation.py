"""What can go wrong with an invocation."""

from __future__ import annotations

import pytest

from local_lambda.platform.invocation import FunctionError, deadline_ms


@pytest.mark.parametrize("now", [1_800_000_000.0004, 1_800_000_000.0009])
def test_never_more_is_left_than_the_timeout(now: float) -> None:
    assert deadline_ms(now, 1800) - int(now * 1000) == 1_800_000


@pytest.mark.parametrize(
    ("error_type", "platform_type"),
    [
        ("Runtime.ExitError", "Runtime.ExitError"),
        ("Function.SomethingOwn", "Function.SomethingOwn"),
        ("Function.x", "Function.Unknown"),
        ("ValueError", "Runtime.Unknown"),
    ],
)
def test_the_types_of_reports(error_type: str, platform_type: str) -> None:
    assert FunctionError.of(error_type, "m").platform_type == platform_type


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"x": 1}', b"[" * 100_000])
def test_any_body_can_be_shown(body: bytes) -> None:
    assert str(FunctionError("Some.Type", body)) == "Some.Type"
