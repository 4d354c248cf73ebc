"""A rehearsed deployment for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.runtime_process import ROOT
from tools.compile_layer import bring_up_to_date
from tools.rehearsal.rehearsal import Rehearsal


@pytest.fixture(scope="session", autouse=True)
def compiled_layer() -> None:
    """As ``./scripts/setup`` leaves it."""
    bring_up_to_date(ROOT)


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """A copy of the project, and a stand-in for AWS of its own."""
    with Rehearsal(tmp_path) as rehearsal:
        yield rehearsal


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The project, deployed once with `sam build && sam deploy`; tests only look at it."""
    with Rehearsal(tmp_path_factory.mktemp("deployed")) as rehearsal:
        rehearsal.sam("build")
        rehearsal.sam("deploy")
        yield rehearsal
