"""Start `python -m local_lambda` by a fork of a process that has imported it, which takes a second of CPU.

What runs is the command, with its own arguments, environment, directory and streams. Tests that are about the
start itself (tests/integration/local_lambda/cli, tests/end_to_end/first_hour) start Python, as users do.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from tests.support.runtime_process import ROOT
from tools.local_lambda_process import Process, start_python


class Preloaded:
    """A process to fork from, which is there from the first start on."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="preloaded-")
        self._address = f"{self._directory.name}/socket"
        self._process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """End it; what it has started goes on."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(30)
        self._directory.cleanup()

    def _open(self) -> None:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self._address)
            listener.listen(16)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.preloading", str(listener.fileno())],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                pass_fds=[listener.fileno()],
            )

    def start(self, arguments: Sequence[str], directory: Path, environ: Mapping[str, str] | None) -> Process:
        """Start `python -m local_lambda ARGUMENTS`; its stdout and stderr are one pipe of text.

        What a variable tells Python as it starts (PYTHONPATH, say) is for a Python that starts.
        """
        differs = (environ or {}).items() - os.environ.items()
        if any(name.startswith("PYTHON") for name, _ in differs):
            return start_python(arguments, directory, environ)
        if self._process is None:
            self._open()
        reader, writer = os.pipe()
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self._address)
        asked = {
            "arguments": list(arguments),
            "directory": str(directory),
            "environ": dict(os.environ if environ is None else environ),
        }
        with open(os.devnull) as nothing:
            descriptors = [nothing.fileno(), writer, writer]
            socket.send_fds(connection, [json.dumps(asked).encode()], descriptors)
        os.close(writer)
        return Started(connection, os.fdopen(reader, buffering=1))


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
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)
