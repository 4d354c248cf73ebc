"""What execve says of a file, held against execve."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from local_lambda.process.executable import check_executable


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        ("#!/bin/sh\n", 0o755),
        ("#! /bin/sh -e\n", 0o755),
        ("#!/bin/sh\n", 0o644),
        ("#!/no/such/interpreter\n", 0o755),
        ("#!/bin/sh\r\n", 0o755),
        ("no program", 0o755),
        ("", 0o755),
        (None, 0),
    ],
)
def test_as_the_system_does(tmp_path: Path, content: str | None, mode: int) -> None:
    file = tmp_path / "bootstrap"
    if content is not None:
        file.write_bytes(content.encode())
        file.chmod(mode)
    assert _said(lambda: check_executable(file)) == _said(lambda: subprocess.run([file], check=False))


def test_programs_and_directories(tmp_path: Path) -> None:
    check_executable(Path(sys.executable))
    with pytest.raises(IsADirectoryError):
        check_executable(tmp_path)


def _said(call: object) -> str | None:
    assert callable(call)
    try:
        call()
    except OSError as error:
        return error.strerror
    return None
