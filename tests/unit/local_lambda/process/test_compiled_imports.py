"""What an import says of a package that was compiled for another Python."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.local_lambda.files import write

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
EXPLAINED = f"compiled for Python 3.8, this is Python {OWN}"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the machine's, on the path beside the function's and a layer; the finder is at work."""
    write(
        tmp_path,
        {
            "task/compiled_package/__init__.py": "",
            "task/compiled_package/plain.py": "VALUE = 1\n",
            "task/compiled_package/fast.cpython-38-x86_64-linux-gnu.so": "",
            "opt/python/compiled_namespace/x.txt": "",
            "opt/python/compiled_namespace.cpython-38-darwin.so": "",
            "site/compiled_elsewhere.cpython-38-x86_64-linux-gnu.so": "",
        },
    )
    for name, place in {"LAMBDA_TASK_ROOT": "task", "LAMBDA_LAYERS_DIR": "opt"}.items():
        monkeypatch.setenv(name, str(tmp_path / place))
    folders = ("task", "task/gone", "opt/python", "site")
    monkeypatch.setattr(sys, "path", [*(str(tmp_path / folder) for folder in folders), *sys.path])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = set(sys.modules)
    importlib.import_module("local_lambda.process.compiled_imports")
    yield tmp_path / "site"
    for name in set(sys.modules) - before:
        del sys.modules[name]


def why(statement: str) -> tuple[str, str | None]:
    """What the ModuleNotFoundError of an import says, and the module that it names."""
    with pytest.raises(ModuleNotFoundError) as caught:
        exec(statement, {})
    return str(caught.value), caught.value.name


@pytest.mark.parametrize(
    "statement", ["import compiled_package.fast", "from compiled_package import fast, plain"]
)
def test_the_python_that_it_was_compiled_for_is_named(site: Path, statement: str) -> None:
    assert why(statement) == (
        "No module named 'compiled_package.fast': fast.cpython-38-x86_64-linux-gnu.so is " + EXPLAINED,
        None,
    )


def test_a_folder_of_its_name_is_not_the_module(site: Path) -> None:
    assert why("import compiled_namespace")[0].endswith(
        f"compiled_namespace.cpython-38-darwin.so is {EXPLAINED}"
    )


@pytest.mark.parametrize("name", ["compiled_nowhere", "compiled_elsewhere"])
def test_what_is_not_there_or_not_the_function_s_is_python_s_to_tell(site: Path, name: str) -> None:
    assert why(f"import {name}") == (f"No module named {name!r}", name)


def test_what_can_be_imported_is(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, int] = {}
    exec("from compiled_package.plain import VALUE", names)
    assert names["VALUE"] == 1
    for name in ("LAMBDA_TASK_ROOT", "LAMBDA_LAYERS_DIR"):
        monkeypatch.delenv(name)
    assert why("import compiled_package.fast") == (
        "No module named 'compiled_package.fast'",
        "compiled_package.fast",
    )
