"""Where modules are found. In Lambda it is not awslambdaric that decides, but the image's bootstrap.py.

That script is in no package, so what it does is written down here: without PYTHONPATH it puts the layers and
the interpreter's site-packages ahead of its own directory (LAMBDA_RUNTIME_DIR, with boto3), always the task
root ahead of everything; it makes site directories of the task root and the layers, and leaves PYTHONPATH set
to LAMBDA_RUNTIME_DIR for the processes that a function starts.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.conformance.awslambdaric.case import Call, Case
from tests.conformance.awslambdaric.observing import lambda_streaming, observe
from tests.support.runtime_process import LAYER

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"

PATH = """
import os, sys
def handler(event, context):
    return "\\n".join([os.environ.get("PYTHONPATH", "unset"), *sys.path])
"""

WHOSE = "WHOSE = {!r}\n"


class Function:
    """A function, with the directories that Lambda has beside it."""

    def __init__(self, directory: Path) -> None:
        self.task, self.runtime, self.more = (directory / name for name in ("task", "runtime", "more"))
        for each in (self.task, self.runtime, self.more):
            each.mkdir()
        self._log = directory / "log"

    def answer(self, source: str, **environment: str) -> str:
        (self.task / "app.py").write_text(source)
        environment = {"LAMBDA_RUNTIME_DIR": str(self.runtime), **environment}
        case = Case("path", source, (Call(),), environment)
        seen = observe(lambda_streaming(sys.executable, case), case, self.task, self._log)
        assert seen["call"]["log"] == ""
        return seen["call"]["body"].strip('"')

    def path(self, **environment: str) -> tuple[str, list[str]]:
        """Return PYTHONPATH as the function sees it, and sys.path."""
        python_path, *path = self.answer(PATH, **environment).split("\\n")
        return python_path, path


@pytest.fixture
def function(tmp_path: Path) -> Function:
    return Function(tmp_path)


def test_order(function: Function) -> None:
    python_path, path = function.path()
    assert path[:5] == [
        "/var/task",
        f"{LAYER}/lib/{VERSION}/site-packages",
        str(LAYER),
        f"{sys.prefix}/lib/{VERSION}/site-packages",
        str(function.runtime),
    ]
    standard_library = [entry for entry in path if entry.endswith((f"lib/{VERSION}", "lib-dynload"))]
    assert [path.index(entry) for entry in standard_library] == sorted(map(path.index, standard_library))
    assert path.index(standard_library[0]) > 4
    assert python_path == str(function.runtime)


def test_order_with_python_path(function: Function) -> None:
    python_path, path = function.path(PYTHONPATH=str(function.more))
    assert path[:3] == ["/var/task", str(function.runtime), str(function.more)]
    assert str(LAYER) in path  # as a site directory, at the end
    assert python_path == str(function.runtime)


def test_python_path_with_the_layers(function: Function) -> None:
    """As tools that wrap functions set it: each entry stands where it was put."""
    _, path = function.path(PYTHONPATH=f"{LAYER}:{function.more}")
    assert path[:4] == ["/var/task", str(function.runtime), str(LAYER), str(function.more)]


def test_the_function_comes_first(function: Function) -> None:
    for directory, whose in ((function.task, "task"), (function.runtime, "runtime")):
        (directory / "shared.py").write_text(WHOSE.format(whose))
    (function.runtime / "boto3.py").write_text(WHOSE.format("runtime"))
    (function.task / "colorsys.py").write_text(WHOSE.format("task"))
    source = "import shared, colorsys\ndef handler(e, c): return shared.WHOSE + colorsys.WHOSE"
    assert function.answer(source) == "tasktask"


def test_path_files_in_the_task_root(function: Function) -> None:
    (function.more / "vendored.py").write_text(WHOSE.format("vendored"))
    (function.task / "vendor.pth").write_text(f"{function.more}\nimport sys; sys.from_pth = 'ran'\n")
    source = "import sys, vendored\ndef handler(e, c): return vendored.WHOSE + sys.from_pth"
    assert function.answer(source) == "vendoredran"


def test_the_runtime_itself_is_no_main_module_to_import(function: Function) -> None:
    """Neither is the script's directory on the path, nor is its name among the function's modules."""
    source = """
import sys
try:
    import runtime_loop
except ImportError:
    runtime_loop = None
def handler(event, context):
    return [runtime_loop is None, any(entry.endswith("lambda_streaming") for entry in sys.path)]
"""
    assert function.answer(source) == "[true, false]"
