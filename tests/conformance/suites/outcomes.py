"""A pytest plugin: a suite is collected once and runs twice, in the second process through the adapters.

The outcome of every test is written as JSON to the directory that OUTCOMES names, ``plain`` and ``adapted``;
``printed`` there is what the second process printed. Where ``plain`` is there already, one process does.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
from pathlib import Path

import adapters  # type: ignore[import-not-found]
import pytest

_PLACE = Path(os.environ["OUTCOMES"])
_outcomes: dict[str, str] = {}
_adapted = 0  # the second process's id; 0 in that one


def pytest_configure(config: pytest.Config) -> None:
    """Know what plugins know that a suite uses in more than these tests."""
    config.addinivalue_line("markers", "xdist_group: pytest-xdist's")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out trio: a function on Lambda has asyncio's event loop."""
    trio = [item for item in items if re.search(r"[\[-]trio\b", item.name)]
    config.hook.pytest_deselected(items=trio)
    items[:] = [item for item in items if item not in trio]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Go on as two processes: importing and collecting a suite takes as long as running it."""
    global _adapted
    gc.freeze()  # nothing of what has been collected is garbage
    sys.stdout.flush()
    _adapted = 0 if (_PLACE / "plain").exists() else os.fork()
    if not _adapted:
        printed = os.open(_PLACE / "printed", os.O_WRONLY | os.O_CREAT)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(printed, stream.fileno())
        adapters.put_in_place(session.config.rootpath.name)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        _outcomes[report.nodeid] = f"{report.when} {report.outcome}"


def pytest_sessionfinish() -> None:
    (_PLACE / ("plain" if _adapted else "adapted")).write_text(json.dumps(_outcomes))


def pytest_unconfigure() -> None:
    if _adapted:
        os.waitpid(_adapted, 0)
