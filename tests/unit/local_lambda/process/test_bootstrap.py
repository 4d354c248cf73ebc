"""What bootstrap.py sets up before awslambdaric has the process; test_plain_functions.py runs that."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from local_lambda.process import bootstrap
from tests.unit.local_lambda.files import write

SITE = f"opt/python/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of awslambdaric's main; the process has a function, a layer and /var/runtime."""
    calls: list[list[str]] = []
    loop = ModuleType("awslambdaric.__main__")
    loop.main = calls.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "awslambdaric.__main__", loop)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "runtime")])
    monkeypatch.delenv("PYTHONPATH", raising=False)
    for name, value in {
        "LAMBDA_TASK_ROOT": str(tmp_path / "task"),
        "LAMBDA_LAYERS_DIR": str(tmp_path / "opt"),
        "LAMBDA_RUNTIME_DIR": str(tmp_path / "runtime"),
        "_HANDLER": "app.handler",
    }.items():
        monkeypatch.setenv(name, value)
    pth = {"task/a.pth": "vendored\n", "task/vendored/x": "", f"{SITE}/b.pth": "../more\n"}
    write(tmp_path, {**pth, f"{SITE}/../more/x": "", "runtime/c.pth": "../never\n", "never/x": ""})
    return calls


def test_the_order_of_the_path(called: list[list[str]], tmp_path: Path) -> None:
    bootstrap.main()
    places = ["task", SITE, "opt/python", "runtime", "task/vendored", f"{SITE}/../more"]
    assert [os.path.normpath(path) for path in sys.path] == [
        os.path.normpath(tmp_path / place) for place in places
    ]
    assert os.environ["PYTHONPATH"] == str(tmp_path / "runtime")  # for what the function starts
    assert called == [[str(tmp_path / "task"), "app.handler"]]
    assert bootstrap.awslambdaricmain is sys.modules["awslambdaric.__main__"]


def test_a_pythonpath_of_the_function_s_replaces_the_layers(
    called: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/own")
    bootstrap.main()
    assert sys.path == [str(tmp_path / place) for place in ("task", "runtime", "task/vendored")]
    assert len(called) == 1
