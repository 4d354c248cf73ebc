"""Start `python -m local_lambda start` as a user does, and know its URLs."""

from __future__ import annotations

import atexit
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, ClassVar, Protocol

from tools import ROOT

_URL_LINE = re.compile(r"^(\w+) +(BUFFERED|RESPONSE_STREAM) +(http://\S+)$")


# Below the ports that Linux gives to clients. Who has reserved a range holds its first port for UDP, and of a
# long one every 16th: between looking and listening no other can take it.
_STEP = 16
_STARTS = range(20_000, 32_000, _STEP)
_reserved: dict[int, list[socket.socket]] = {}


def free_ports(count: int) -> int:
    """Return the first of ``count`` ports in a row that nobody listens on.

    They are reserved among the processes that ask here, until this one ends or calls `release_ports`.
    """
    first = os.getpid() % len(_STARTS)
    for start in itertools.chain(_STARTS[first:], _STARTS[:first]):
        held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(start, start + count, _STEP)]
        try:
            for number, reservation in enumerate(held):
                reservation.bind(("127.0.0.1", start + number * _STEP))
            for port in range(start, start + count):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            for reservation in held:
                reservation.close()
            continue
        _reserved[start] = held
        return start
    raise OSError("no free ports")


def release_ports(start: int) -> None:
    """Let others have the ports that `free_ports` returned."""
    for reservation in _reserved.pop(start):
        reservation.close()


@atexit.register
def _release_all() -> None:
    for start in list(_reserved):
        release_ports(start)


class NotPrinted(Exception):
    """The local Lambda has not printed a line in time, or has ended before."""


class Process(Protocol):
    """What is asked of a process: `subprocess.Popen` is one."""

    stdout: IO[str] | None

    @property
    def pid(self) -> int:
        """The process's id."""

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit status. Raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int, /) -> None:
        """Send a signal."""

    def terminate(self) -> None:
        """Send SIGTERM."""

    def kill(self) -> None:
        """Send SIGKILL."""


def run(command: Sequence[str], directory: Path, environ: Mapping[str, str] | None) -> Process:
    """Start a command; its stdout and stderr are one pipe of text."""
    return subprocess.Popen(
        command,
        cwd=directory,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )


def start_python(arguments: Sequence[str], directory: Path, environ: Mapping[str, str] | None) -> Process:
    """Start `python -m local_lambda ARGUMENTS`."""
    return run([sys.executable, "-m", "local_lambda", *arguments], directory, environ)


class LocalLambda:
    """A running local Lambda; ``urls`` maps function names to URLs, ``output`` is what it has printed."""

    start: ClassVar[Callable[[Sequence[str], Path, Mapping[str, str] | None], Process]] = start_python

    def __init__(
        self,
        template: Path | None,
        *arguments: str,
        ports: int = 8,
        environ: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        directory: Path = ROOT,
    ) -> None:
        self.port = free_ports(ports)
        named = ["--template", str(template)] if template else []
        options = [*named, "--port", str(self.port), *arguments]
        if command is None:
            self._process = type(self).start(["start", *options], directory, environ)
        else:
            self._process = run([*command, *options], directory, environ)
        self.urls: dict[str, str] = {}
        self._lines: list[str] = []
        self._silent = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.wait_for("Ready")
        except BaseException:
            self.__exit__()
            raise

    @property
    def output(self) -> str:
        """What it has printed so far."""
        with self._changed:
            return "".join(self._lines)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def wait_for(self, text: str, timeout: float = 90) -> None:
        """Wait until a line with ``text`` has been printed."""
        with self._changed:
            self._changed.wait_for(lambda: self._printed(text) or self._is_over(), timeout)
        if not self._printed(text):
            raise NotPrinted(f"no {text!r} in:\n{self.output}")

    def stop(self, signal_number: int = signal.SIGTERM, timeout: float = 30) -> int:
        """Stop it; return its exit status."""
        self._process.send_signal(signal_number)
        status = self._process.wait(timeout)
        self._reader.join(timeout)
        return status

    def __enter__(self) -> LocalLambda:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            finally:
                self._process.kill()
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        release_ports(self.port)

    def _is_over(self) -> bool:
        return self._silent or self._process.poll() is not None

    def _printed(self, text: str) -> bool:
        return any(text in line for line in self._lines)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line)
                if match := _URL_LINE.match(line.rstrip()):
                    self.urls[match[1]] = match[3]
                self._changed.notify_all()
        with self._changed:
            self._silent = True  # it may be told of the end itself a little later
            self._changed.notify_all()
