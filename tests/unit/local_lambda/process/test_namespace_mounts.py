"""The program that makes a mount namespace: what it says, and what there is to see in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local_lambda.process import namespace_mounts
from local_lambda.process.namespace import Namespace, NamespaceError
from tests.unit.local_lambda.files import write


@pytest.fixture(autouse=True, scope="module")
def available(tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        Namespace(tmp_path_factory.mktemp("opt"), [])
    except NamespaceError as error:
        pytest.skip(f"this system gives no mount namespace: {error}")


@contextmanager
def program(opt: Path, read_only: Path) -> Iterator[tuple[str, Path]]:
    """Run it until its standard input ends; yield its one line, and the root directory of its namespace."""
    user = "0" if os.geteuid() == 0 else "1"
    with subprocess.Popen(
        [sys.executable, namespace_mounts.__file__, user, str(opt), str(read_only)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), Path(f"/proc/{process.pid}/root")
    assert process.returncode == 0


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A layer, linked from the directory that becomes /opt, and a function's code."""
    write(tmp_path, {"layer/x.py": "A = 1\n", "opt/own/x": "", "code/app.py": ""})
    (tmp_path / "opt" / "layer").symlink_to(tmp_path / "layer")
    return tmp_path


def test_opt_and_read_only_code(place: Path) -> None:
    machine = {path.name for path in Path("/opt").iterdir()}
    with program(place / "opt", place / "code") as (said, root):
        assert said == "ready"
        inside = root / "opt"
        assert {path.name for path in inside.iterdir()} == {"own", "layer", *machine}
        below = place.relative_to("/")
        for directory in (inside, root / below / "code"):
            with pytest.raises(OSError, match="Read-only file system"):
                (directory / "new").touch()
        (root / below / "kept").touch()
    assert (place / "kept").exists()
    assert {path.name for path in Path("/opt").iterdir()} == machine


def test_it_says_why_there_is_none(tmp_path: Path) -> None:
    with program(tmp_path, tmp_path / "gone") as (said, _):
        assert said == f"mount {tmp_path / 'gone'}: No such file or directory"
