"""When a function may have another environment."""

from __future__ import annotations

import pytest

from local_lambda.platform.function import has_room


@pytest.mark.parametrize(
    ("running", "reserved", "expected"), [(9, None, True), (1, 2, True), (2, 2, False), (0, 0, False)]
)
def test_room_for_another(running: int, reserved: int | None, expected: bool) -> None:
    assert has_room(running, reserved) is expected
