"""The project as a user has it: served by the local Lambda."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.local_lambda_process import LocalLambda


@pytest.fixture(scope="session")
def local_lambda(built_template: Path) -> Iterator[LocalLambda]:
    """The local Lambda, serving the built project."""
    with LocalLambda(built_template) as serving:
        yield serving
