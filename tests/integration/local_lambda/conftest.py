"""The local Lambda, serving functions made for its tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda

TEMPLATE = ROOT / "tests" / "fixtures" / "local_lambda" / "template.yaml"


@pytest.fixture(scope="session")
def served() -> Iterator[LocalLambda]:
    """One local Lambda for all tests that do not end it."""
    with LocalLambda(TEMPLATE, ports=12) as running:
        yield running


@pytest.fixture(scope="session")
def url(served: LocalLambda) -> str:
    """The URL of the function that is a runtime of its own; modules about another one replace it."""
    return served.urls["RawFunction"]
