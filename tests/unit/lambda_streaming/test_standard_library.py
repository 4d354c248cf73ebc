"""The standard library's modules, whatever the function has under the same names."""

from __future__ import annotations

import sys
import sysconfig
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from lambda_streaming._standard_library import load

STANDARD = sysconfig.get_path("stdlib")
NAME = "colorsys"  # a small one, which nothing else here imports


@pytest.fixture(autouse=True)
def modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was afterwards."""
    monkeypatch.delitem(sys.modules, NAME, raising=False)


def test_a_file_of_the_function_s_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"{NAME}.py").write_text("raise RuntimeError\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = load(NAME)
    assert module.rgb_to_hsv(0.5, 0.5, 0.5) == (0.0, 0.0, 0.5)
    assert str(module.__file__).startswith(STANDARD)
    assert load(NAME) is sys.modules[NAME] is module  # and what imports it next finds it


@pytest.mark.parametrize(
    "origin", [None, "/var/task/colorsys.py", f"{STANDARD}/site-packages/colorsys.py", "namespace"]
)
def test_what_the_function_has_imported_by_that_name_stays(
    origin: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ModuleType(NAME)
    theirs.__spec__ = None if origin is None else ModuleSpec(NAME, None, origin=origin)
    monkeypatch.setitem(sys.modules, NAME, theirs)
    assert load(NAME).hsv_to_rgb(0.0, 0.0, 0.5) == (0.5, 0.5, 0.5)
    assert sys.modules[NAME] is theirs


@pytest.mark.parametrize("name", ["time", "errno", "zipimport"])
def test_what_is_built_in_or_frozen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there = load(name)
    assert there is sys.modules[name]
    assert there.__spec__ is not None
    assert there.__spec__.origin in ("built-in", "frozen")
    if name == "errno":  # not yet imported
        monkeypatch.delitem(sys.modules, name)
        assert load(name).ENOENT == 2
