"""A function's folder with the package in it, under a stand-in for the managed runtime, in AWS's order."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_streaming import __version__
from tests.support.package import MANAGED_RUNTIME, install_into
from tests.support.runtime_process import RuntimeProcess

Start = Callable[..., RuntimeProcess]

STREAM = """
import sys

def handler(event, context):
    if hasattr(context, "response_stream"):
        context.response_stream.write(sys.modules["__main__"].__file__)
    else:
        return "the managed loop"
"""

OURS = f"lambda-streaming-python/{sys.version.split()[0]}-{__version__}"


def agent(exchange_headers: dict[str, str]) -> str:
    return exchange_headers["user-agent"]


@pytest.fixture
def managed(tmp_path: Path) -> Iterator[Start]:
    """Start the managed runtime: ``managed(source, LAMBDA_STREAMING="1", wrapper=...)``."""
    with contextlib.ExitStack() as stack:

        def start(
            source: str,
            *,
            python: str = sys.executable,
            wrapper: str | None = None,
            command: tuple[str, ...] = (str(MANAGED_RUNTIME / "bootstrap.py"),),
            files: dict[str, str] | None = None,
            installed: bool = True,
            **variables: str,
        ) -> RuntimeProcess:
            task, opt = tmp_path / "task", tmp_path / "opt"
            task.mkdir()
            opt.mkdir(exist_ok=True)
            if installed:
                install_into(task)
            environment = {
                "LAMBDA_RUNTIME_DIR": str(MANAGED_RUNTIME),
                "LAMBDA_LAYERS_DIR": str(opt),
                **variables,
            }
            line: list[str] = [*([wrapper] if wrapper else []), python, *command]
            settings: dict[str, Any] = {"environment": environment, "files": files, "command": line}
            return stack.enter_context(RuntimeProcess(task, source, **settings))

        yield start
