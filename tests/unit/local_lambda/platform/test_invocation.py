"""What can go wrong with an invocation."""

from __future__ import annotations

import pytest

from local_lambda.platform.invocation import FunctionError


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
