"""What counts as a change, and what does not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from local_lambda.sam.fingerprint import fingerprint, newest_change, oldest_change


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src" / "deep").mkdir(parents=True)
    (tmp_path / "src" / "app.py").write_text("one")
    (tmp_path / "src" / "deep" / "other.py").write_text("two")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "lib.py").write_text("three")
    (tmp_path / "src" / "linked").symlink_to(tmp_path / "shared")
    (tmp_path / "src" / "up").symlink_to(tmp_path / "src")  # round and round
    return tmp_path


def same_size_and_time(path: Path, text: str) -> None:
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(path: Path) -> None:
    copy = path.with_name("copy")
    shutil.copy2(path, copy)
    copy.rename(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "src" / "app.py").write_text("one more"),
        lambda root: same_size_and_time(root / "src" / "app.py", "eno"),
        lambda root: replaced(root / "src" / "app.py"),
        lambda root: (root / "src" / "app.py").chmod(0o755),
        lambda root: (root / "src" / "deep" / "other.py").unlink(),
        lambda root: (root / "src" / "deep" / "empty").mkdir(),
        lambda root: (root / "src" / "deep" / "other.py").rename(root / "src" / "deep" / "renamed.py"),
        lambda root: (root / "shared" / "lib.py").write_text("behind a link"),
        lambda root: (root / "src" / "node_modules").mkdir(),
        lambda root: (root / "later.toml").write_text(""),
    ],
)
def test_a_change(project: Path, change: Callable[[Path], object]) -> None:
    paths = [project / "src", project / "later.toml"]
    before = fingerprint(paths, "word")
    assert fingerprint(paths, "word") == before
    change(project)
    assert fingerprint(paths, "word") != before


def test_a_word_is_one() -> None:
    assert fingerprint([], "a", "b") != fingerprint([], "ab") != fingerprint([])


def test_what_tools_leave_is_none(project: Path) -> None:
    before = fingerprint([project / "src"])
    for name in ("__pycache__", ".git", ".aws-sam"):
        (project / "src" / name).mkdir()
        (project / "src" / name / "file").write_text("changed")
    assert fingerprint([project / "src"]) == before


def test_what_was_there_first(project: Path) -> None:
    later = project / "built"
    later.mkdir()
    (later / "app.py").write_text("built")
    while (later / "app.py").stat().st_ctime_ns <= newest_change([project / "src"]):
        (later / "app.py").write_text("built")  # the clock of the file system ticks every few milliseconds
    assert newest_change([project / "src"]) < oldest_change([later])
    (project / "src" / "deep" / "other.py").unlink()
    while newest_change([project / "src"]) < oldest_change([later]):
        (project / "src" / "deep" / "again").mkdir()
        (project / "src" / "deep" / "again").rmdir()
    assert newest_change([project / "src"]) >= oldest_change([later])
