"""Programs that take a second to import, started by a fork of a process that has: one for the whole run.

What runs is the program, with its own arguments, environment, directory and streams, and its own exit status.
It gets the signals of the command that stands for it, and ends with it. Tests that are about processes and
what is left of them start Python, as users do: signals (tests/integration/local_lambda/cli/test_invoke.py), a
rehearsal (tests/end_to_end/deploy/test_rehearse.py), Docker, tests/end_to_end/first_hour.
"""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from tests.support import measured, once, preloaded_command
from tools.local_lambda_process import LocalLambda, Process, start_python
from tools.rehearsal.rehearsal import Rehearsal

NAMES = ("sam", "local_lambda", "tools.rehearsal.aws_stand_in")


def directory() -> Path:
    """Return the directory that has a command for each program, by its name."""
    return once.once("bin", _write_commands)


def command(name: str) -> Path:
    """Return what is to be run in the place of a program."""
    return directory() / name


def path() -> str:
    """Return a PATH that has them first, and then what is beside the Python of the tests."""
    return os.pathsep.join([str(directory()), str(Path(sys.executable).parent), os.environ["PATH"]])


def _write_commands(made: Path) -> None:
    parts = [sys.executable, "-IS", preloaded_command.__file__]
    for name in NAMES:
        command = made / name
        line = shlex.join([*parts, name, str(made.parent)])
        command.write_text(f'#!/bin/sh\nexec {line} "$@"\n')
        command.chmod(0o755)


def load(name: str) -> None:
    """Start the process to fork from, unless that has been done in this run."""
    once.once(f"preloaded-{name}", lambda made: _load(name, made))


def _load(name: str, made: Path) -> None:
    directory()
    # What is read at import: AWS's and SAM's variables would be. Of the others nothing is measured.
    left_out = ("AWS_", "SAM_") if name == "local_lambda" else ("AWS_", "SAM_", measured.SWITCH)
    environ = preloaded_command.environ_of_the_run(made.parent).items()
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.preloading", name, str(made)],
        cwd=preloaded_command.ROOT,
        env={key: value for key, value in environ if not key.startswith(left_out)},
        input=b"",
        stdout=subprocess.PIPE,  # a pipe, for what Python knows of it as it starts: a pipe has no position
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()


def start(arguments: Sequence[str], directory: Path, environ: Mapping[str, str] | None) -> Process:
    """Start `python -m local_lambda ARGUMENTS`; its stdout and stderr are one pipe of text.

    What a variable tells Python as it starts (PYTHONPATH, say) is for a Python that starts.
    """
    place = once.place()
    if not preloaded_command.can_fork(place, environ or {}):
        return start_python(arguments, directory, environ)
    load("local_lambda")
    connection = preloaded_command.connect("local_lambda", place)
    reader, writer = os.pipe()
    variables = os.environ if environ is None else environ
    with open(os.devnull) as nothing:
        streams = [nothing.fileno(), writer, writer]
        preloaded_command.ask(connection, arguments, str(directory), variables, streams)
    os.close(writer)
    return Started(connection, os.fdopen(reader, buffering=1))


def use(put: Callable[[type, str, object], None]) -> None:
    """Start local Lambdas and what rehearsals start so; ``put`` is `setattr` or does the same."""
    put(LocalLambda, "start", start)
    put(Rehearsal, "programs", directory())
    put(Rehearsal, "stand_in", [command("tools.rehearsal.aws_stand_in")])


class Started:
    """A process that was started, known as `subprocess.Popen` knows one."""

    def __init__(self, connection: socket.socket, stdout: IO[str]) -> None:
        self.stdout: IO[str] | None = stdout
        self.returncode: int | None = None
        self._connection = connection
        self._told = b""
        self.pid = self._number(None)

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit status. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self.returncode = self._number(timeout)
            self._connection.close()
        return self.returncode

    def _number(self, timeout: float | None) -> int:
        """Return the next line that is told."""
        while b"\n" not in self._told:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("local_lambda", timeout or 0)
            piece = self._connection.recv(100)
            assert piece, "the process to fork from has ended"
            self._told += piece
        line, _, self._told = self._told.partition(b"\n")
        return int(line)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has exited."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has, a moment ago
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    load(sys.argv[1])
