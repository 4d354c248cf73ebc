"""A pytest plugin: the outcome of every test, as JSON in the file that OUTCOMES names."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

_outcomes: dict[str, str] = {}


def pytest_configure(config: pytest.Config) -> None:
    """Know what plugins know that a suite uses in more than these tests."""
    config.addinivalue_line("markers", "xdist_group: pytest-xdist's")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out trio: a function on Lambda has asyncio's event loop."""
    trio = [item for item in items if re.search(r"[\[-]trio\b", item.name)]
    config.hook.pytest_deselected(items=trio)
    items[:] = [item for item in items if item not in trio]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        _outcomes[report.nodeid] = f"{report.when} {report.outcome}"


def pytest_sessionfinish() -> None:
    Path(os.environ["OUTCOMES"]).write_text(json.dumps(_outcomes))
