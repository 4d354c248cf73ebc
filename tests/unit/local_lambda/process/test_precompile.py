"""Which Python compiles, and several folders at once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from local_lambda.process.precompile import Folder, find_python, precompile

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(autouse=True)
def nothing_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No Python but the one that runs us."""
    for name in ("PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))


def shim(path: Path, tag: str, level: str = "final") -> Path:
    """A program that says what a Python of this tag would say of itself."""
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho {tag} {level}\n")
    path.chmod(0o755)
    return path


def test_our_own_python_comes_first() -> None:
    assert find_python(OWN) == Path(sys.executable)
    assert find_python("3.98") is None


@pytest.mark.parametrize(
    "place",
    [
        "PATH/python3.98",
        "PYENV_ROOT/versions/3.98.1/bin/python3.98",
        "UV_PYTHON_INSTALL_DIR/cpython-3.98.1-linux-x86_64-gnu/bin/python3.98",
    ],
)
def test_others_are_on_path_or_pyenv_s_or_uv_s(tmp_path: Path, place: str) -> None:
    found = shim(tmp_path / place, "cpython-398")
    assert find_python("3.98") == found


@pytest.mark.parametrize(
    ("tag", "level"), [("cpython-398", "candidate"), ("pypy398", "final"), ("cpython-397", "final")]
)
def test_compiled_code_of_another_python_is_of_no_use(tmp_path: Path, tag: str, level: str) -> None:
    shim(tmp_path / "PATH" / "python3.98", tag, level)
    assert find_python("3.98") is None


def test_one_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    broken = shim(tmp_path / "PATH" / "python3.98", "x")
    broken.write_text("#!/bin/sh\nexit 127\n")  # a version manager's, of a version not in use
    found = shim(tmp_path / "PYENV_ROOT" / "versions" / "3.98.1" / "bin" / "python3.98", "cpython-398")
    assert find_python("3.98") == found


def test_several_folders(tmp_path: Path) -> None:
    folders = []
    for count in (1, 2):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"m{number}.py").write_text("x = 1\n")
        folders.append(Folder(folder, "/var/task", Path(sys.executable)))
    first, second = precompile(folders), precompile(folders)
    assert [first[one].compiled for one in folders] == [second[one].current for one in folders] == [1, 2]


def test_a_python_that_fails_is_named(tmp_path: Path) -> None:
    failing = shim(tmp_path / "bin" / "python", "x")
    failing.write_text("#!/bin/sh\necho no such thing >&2\nexit 3\n")
    with pytest.raises(RuntimeError, match=r"bin/python could not compile .*: no such thing"):
        precompile([Folder(tmp_path, "/var/task", failing)])
