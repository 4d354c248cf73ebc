"""./scripts/rehearse as a user runs it, and as a user interrupts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from local_lambda.process.precompile import find_python
from tests.support.runtime_process import ROOT

REHEARSE = ROOT / "scripts" / "rehearse"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment whose `aws` does not run, and whose temporary directory and processes are known."""
    no_aws = tmp_path / "bin" / "aws"
    no_aws.parent.mkdir()
    no_aws.write_text("#!/bin/sh\necho aws does not run here >&2\nexit 1\n")
    no_aws.chmod(0o755)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    path = f"{no_aws.parent}:{os.environ['PATH']}"
    # A profile that must not be used, as a user may have one.
    return {**os.environ, "PATH": path, "TMPDIR": str(temporary), "AWS_PROFILE": "production"}


def processes_of(temporary: Path) -> list[str]:
    """The command lines of processes that have something of ours in their environment."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            environment = (directory / "environ").read_bytes()
            if str(temporary).encode() in environment:
                found.append((directory / "cmdline").read_text())
        except OSError:
            pass  # it has ended, or is not ours
    return found


def test_a_rehearsal_ends_with_the_table_all_green(environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [REHEARSE], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if find_python("3.13") is None:
        compiled = "not compiled, for want of a Python 3.13"
        assert re.fullmatch(r"(Note: no Python 3\.13 here .+\n)*", done.stderr)
    else:
        compiled = "4 files for 3 functions"
        assert done.stderr == ""
    for line in (
        "sam build",
        compiled,
        "19 resources in the stack lambda-streaming-python",
        "No changes to deploy",
        "Deleted",
    ):
        assert line in done.stdout
    # Its URLs came from the stack's outputs, which sam has read, and lead to what was deployed.
    assert done.stdout.count("\nok    ") == 15
    assert "All checks passed." in done.stdout
    assert list((tmp_path / "tmp").iterdir()) == []
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize(("number", "step"), [(signal.SIGINT, "sam deploy"), (signal.SIGTERM, "sam build")])
def test_an_interrupted_rehearsal_leaves_nothing(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals, step: str
) -> None:
    process = subprocess.Popen(
        [REHEARSE], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0
    )
    with process:
        assert process.stdout is not None
        printed = b""
        while step.encode() not in printed:
            piece = os.read(process.stdout.fileno(), 1000)
            assert piece, printed
            printed += piece
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as the terminal does
        else:
            process.send_signal(number)
        process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert list((tmp_path / "tmp").iterdir()) == []
    assert processes_of(tmp_path) == []


def test_it_takes_no_arguments_but_help() -> None:
    done = subprocess.run([REHEARSE, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: ./scripts/rehearse")
    assert subprocess.run([REHEARSE, "--now"], capture_output=True, check=False).returncode == 2
