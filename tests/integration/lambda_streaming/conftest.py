"""Runtime processes for the layer's tests."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.runtime_process import RuntimeProcess

Start = Callable[..., RuntimeProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start runtime processes, which end with the test: ``start(source, interpreter=..., ...)``."""
    with contextlib.ExitStack() as stack:
        count = 0

        def start_one(source: str, **settings: Any) -> RuntimeProcess:
            nonlocal count
            count += 1
            directory = tmp_path / str(count)
            directory.mkdir()
            return stack.enter_context(RuntimeProcess(directory, source, **settings))

        yield start_one
