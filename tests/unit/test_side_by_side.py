"""What shares a fixture runs in one process: pytest and pytest-xdist have to agree on how that is said."""

from __future__ import annotations

import os

import pytest

from tests.support.side_by_side import group


def test_tests_of_a_file_stay_together(request: pytest.FixtureRequest) -> None:
    side_by_side = "PYTEST_XDIST_WORKER" in os.environ
    assert request.node.nodeid.endswith(f"@{group(request.node)}") is side_by_side
