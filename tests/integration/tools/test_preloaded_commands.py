"""The commands that tests start by a fork are the commands themselves (tests/support/preloaded.py)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.local_lambda.platform.test_environments import wait_until_gone
from tests.support import preloaded
from tests.support.runtime_process import ROOT


def run(*command: str | Path, **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, re.sub(r"\d\d\d\d-\d\d-\d\d \S+", "(now)", done.stderr)


@pytest.mark.parametrize("arguments", [["nope"], ["validate", "--template-file", "nowhere"]])
def test_a_fork_says_what_the_program_says(arguments: list[str]) -> None:
    program = Path(sys.executable).with_name("sam")
    forked, started = (run(sam, *arguments) for sam in (preloaded.command("sam"), program))
    assert forked == started
    assert forked[0] != 0


def test_a_variable_for_a_python_that_starts_has_one_started() -> None:
    command = preloaded.command("local_lambda")
    assert "import 'local_lambda'" not in run(command, "--help")[2]
    assert "import 'local_lambda'" in run(command, "--help", PYTHONVERBOSE="1")[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_is_the_fork_s(number: signal.Signals) -> None:
    with subprocess.Popen(
        [preloaded.command("local_lambda"), "invoke", "CounterFunction"], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(1)  # it counts once a second
        forks = [
            int(directory.name)
            for directory in Path("/proc").glob("[0-9]*")
            if f"pipe:[{os.fstat(process.stdout.fileno()).st_ino}]" in streams(directory)
        ]
        process.send_signal(number)
        assert process.wait(10) == (-number if number == signal.SIGKILL else 128 + number)
    wait_until_gone(forks)


def streams(directory: Path) -> str:
    """What the standard output of a process is; "" once it has ended."""
    try:
        return str((directory / "fd" / "1").readlink())
    except OSError:
        return ""
