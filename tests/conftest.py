"""Hooks for all tests: no silent skips in CI, and tests that run under every Python of this machine."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator

import hypothesis
import pytest

from tests.support import measured, once, preloaded
from tests.support.interpreters import interpreters
from tests.support.side_by_side import group, starts

# A user's machine has none of them, and PYTHONUNBUFFERED hides faults: not one process of the tests has it.
for _name in ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"):
    os.environ.pop(_name, None)

measured.follow_threads()

# A busy machine is no bug: how long an example takes is not judged.
hypothesis.settings.register_profile("this project", deadline=None)
hypothesis.settings.load_profile("this project")


@pytest.fixture(scope="session", autouse=True)
def forked() -> Iterator[None]:
    """Start the local Lambda by a fork, but for the tests that say how, and what a rehearsal starts too."""
    with pytest.MonkeyPatch.context() as patch:
        preloaded.use(patch.setattr)
        yield


def pytest_configure() -> None:
    once.begin()


def pytest_unconfigure() -> None:
    once.end()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``interpreter`` once for each Python that the layer supports and that is here."""
    if "interpreter" in metafunc.fixturenames:
        found = interpreters()
        metafunc.parametrize("interpreter", found.values(), ids=found.keys(), scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side (--dist loadgroup), what shares a fixture stays together, and the longest begins first."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: starts(item.nodeid))
        for item in items:
            item.add_marker(pytest.mark.xdist_group(group(item)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let Python look for garbage only after the collection, and only among what comes after it.

    Else each look goes through all modules and tests, which takes a third of a second.
    """
    gc.disable()
    result = yield
    gc.freeze()
    gc.enable()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped" and os.environ.get("LAMBDA_STREAMING_NO_SKIP") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        if "needs root" in str(reason) and os.geteuid() != 0:
            return  # .ci/run runs it as root, by name
        report.outcome = "failed"
        report.longrepr = f"LAMBDA_STREAMING_NO_SKIP is set, and this would be skipped: {reason}"
