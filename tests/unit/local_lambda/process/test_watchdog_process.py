"""What the watchdog's process does at the end of its pipe; that it is there, test_shutdown shows."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_lambda.process import watchdog_process
from local_lambda.process.offspring import marked, new_marks

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a process that sleeps, in a session of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(["sleep", "60"], start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no marks")
def test_it_ends_what_is_left_and_removes_the_directory(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = new_marks()
    with marked(marks[7]):
        away = start()  # from the group that the watchdog knows of
    left, ended, stranger = start(), start(), start()
    gone = subprocess.Popen(["true"], start_new_session=True)
    gone.wait()
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "file").touch()
    told = [f"+{ended.pid}", f"+{left.pid}", f"+{gone.pid}", f"-{ended.pid}", "-1"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in told)))
    watchdog_process.watch(str(tmp_path / "work"), str(marks[0]))
    assert left.wait(20) == away.wait(20) == -signal.SIGKILL
    assert ended.poll() is stranger.poll() is None
    assert not (tmp_path / "work").exists()


def test_it_leaves_the_directory_to_a_local_lambda_that_stops_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("=\n"))
    watchdog_process.watch(str(tmp_path), str(new_marks()[0]))
    assert tmp_path.exists()
