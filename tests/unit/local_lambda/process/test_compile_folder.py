"""What is compiled of a folder, read by the importer of each Python of this machine."""

from __future__ import annotations

import json
import marshal
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from local_lambda.process import compile_folder
from tests.support.interpreters import interpreters

OWN = sys.implementation.cache_tag
SOURCES = {
    "app.py": "import package.part\nVALUE = package.part.VALUE\nCODE = (lambda: 1).__code__.co_filename\n",
    "package/__init__.py": "",
    "package/part.py": "VALUE = 'first'\nNAMES = {'b', 'a', 'c'}\nx = 'same' in {'same', 'other', 'third'}\n",
    "package/template.py": "{% not Python %}\n",
    "package/old.py": "PATTERN = '\\d'\n",  # SyntaxWarning
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "task")


def fill(directory: Path) -> Path:
    for name, text in SOURCES.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


def run(folder: Path) -> dict[str, Any]:
    """Compile with the Python that runs us."""
    with warnings.catch_warnings(action="ignore"):
        return compile_folder.compile_folder(folder, "/var/task")


def run_by(python: str, folder: Path) -> Any:
    command = [python, "-I", "-S", compile_folder.__file__, str(folder), "/var/task"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return json.loads(done.stdout)


def imported(folder: Path, python: str, expression: str) -> tuple[str, set[str]]:
    """What an expression gives with app.py imported, and which modules came from compiled code."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import app; print({expression})"
    command = [python, "-I", "-S", "-B", "-v", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith("# code object from")]
    own = [line.rpartition(str(folder))[2].strip("/'") for line in lines if str(folder) in line]
    return done.stdout.strip(), {name for name in own if name.endswith(".pyc")}


def bytecode(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.pyc"))}


@pytest.mark.parametrize("version", interpreters())
def test_each_python_imports_it(folder: Path, version: str) -> None:
    python = interpreters()[version]
    told = run_by(python, folder)
    assert (told["compiled"], told["current"], told["failed"]) == (4, 0, ["package/template.py"])
    assert told["bytes"] == sum(map(len, bytecode(folder).values()))
    tag = f"cpython-{version.replace('.', '')}"
    expected = {f"__pycache__/app.{tag}.pyc"}
    expected |= {f"package/__pycache__/{name}.{tag}.pyc" for name in ("__init__", "part")}
    assert imported(folder, python, "app.VALUE") == ("first", expected)


def test_an_edited_source_is_never_hidden(folder: Path) -> None:
    run(folder)
    part = folder / "package" / "part.py"
    before = part.stat()
    part.write_text(part.read_text().replace("first", "other"))  # as long as before
    os.utime(part, ns=(before.st_atime_ns, before.st_mtime_ns))
    value, compiled = imported(folder, sys.executable, "app.VALUE")
    assert value == "other"
    assert f"package/__pycache__/part.{OWN}.pyc" not in compiled
    told = run(folder)
    assert (told["compiled"], told["current"]) == (1, 3)
    assert imported(folder, sys.executable, "app.VALUE")[0] == "other"


def test_the_same_sources_become_the_same_bytes_wherever_and_whenever(folder: Path, tmp_path: Path) -> None:
    run(folder)
    elsewhere = fill(tmp_path / "elsewhere" / "below")
    for path in elsewhere.rglob("*.py"):
        os.utime(path, (1, 1))
    # Made at an import, with a time in it.
    (elsewhere / "package" / "__pycache__").mkdir(mode=0o700)
    subprocess.run([sys.executable, "-c", "import package.part"], cwd=elsewhere, check=True)
    assert bytecode(elsewhere)
    run(elsewhere)
    assert bytecode(elsewhere) == bytecode(folder)
    modes = {path.stat().st_mode & 0o777 for path in elsewhere.rglob("*.pyc")}
    modes |= {path.stat().st_mode & 0o777 for path in elsewhere.rglob("__pycache__")}
    assert modes == {0o644, 0o755}


def test_what_has_been_compiled_is_left_as_it_is(folder: Path) -> None:
    run(folder)
    shutil.rmtree(folder / "__pycache__")
    before = {path: path.stat().st_ino for path in folder.rglob("*.pyc")}
    told = run(folder)
    assert (told["compiled"], told["current"]) == (1, 3)
    assert {path: path.stat().st_ino for path in before} == before


def test_it_names_the_place_where_lambda_unpacks_it(folder: Path) -> None:
    run(folder)
    code = marshal.loads((folder / "package" / "__pycache__" / f"part.{OWN}.pyc").read_bytes()[16:])
    assert code.co_filename == "/var/task/package/part.py"
