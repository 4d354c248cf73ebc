"""What tests have in the place of a command, `sam` say: ask for a fork (`preloading.py`), and be what it is.

Standard library only, and little of it: `python -IS` starts this in a fiftieth of a second.

    python -IS preloaded_command.py NAME PLACE ARGUMENT ...

NAME is that of a program in `preloading.py`, PLACE the directory of `once.py`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def real(name: str) -> list[str]:
    """The command itself, as a user starts it."""
    beside = Path(sys.executable).with_name(name)
    return [str(beside)] if beside.exists() else [sys.executable, "-m", name]


def environ_of_the_run(place: Path) -> dict[str, str]:
    """The variables that the run of the tests began with."""
    environ: dict[str, str] = json.loads((place / "environ").read_text())
    return environ


def can_fork(place: Path, environ: Mapping[str, str]) -> bool:
    """Tell whether no variable says how Python is to start: one that has started does not read them again.

    Never on macOS, where nobody can wait for a process and for a connection at once.
    """
    if not hasattr(os, "pidfd_open"):
        return False
    told = environ.items() - environ_of_the_run(place).items()
    # The programs are found there anyhow, and where there is no locale, Python chooses that one.
    told -= {("PYTHONPATH", str(ROOT)), ("LANG", "C.UTF-8"), ("LC_CTYPE", "C.UTF-8")}
    return not any(name.startswith(("PYTHON", "LC_", "LANG")) for name, _ in told)


def connect(name: str, place: Path) -> socket.socket:
    """Connect to the process to fork from; whoever is first starts it."""
    connection = socket.socket(socket.AF_UNIX)
    address = str(place / f"preloaded-{name}" / "socket")
    try:
        connection.connect(address)
    except OSError:  # it is not there, or does not listen yet
        start = [sys.executable, "-m", "tests.support.preloaded", name]
        subprocess.run(start, cwd=ROOT, env=environ_of_the_run(place), check=True)
        connection.connect(address)
    return connection


def ask(
    connection: socket.socket,
    arguments: Sequence[str],
    directory: str,
    environ: Mapping[str, str],
    streams: Sequence[int],
) -> None:
    """Ask for a fork that has these arguments and variables, this directory and these standard streams."""
    umask = os.umask(0)
    os.umask(umask)
    asked = {
        "arguments": list(arguments),
        "directory": directory,
        "environ": dict(environ),
        "umask": umask,
    }
    socket.send_fds(connection, [b"\0"], streams)
    connection.sendall(json.dumps(asked).encode() + b"\n")


def _become(name: str, place: Path, arguments: Sequence[str]) -> None:
    """Exit as the fork does, which gets the signals that arrive here."""
    connection = connect(name, place)
    ask(connection, arguments, str(Path.cwd()), os.environ, [0, 1, 2])
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)  # who reads or writes at their other ends deals with the fork alone
    told = connection.makefile("rb")
    pid = int(told.readline())
    for number in _FORWARDED:
        signal.signal(number, lambda number, _: os.kill(pid, number))
    status = int(told.readline())
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    _name, _place = sys.argv[1], Path(sys.argv[2])
    if not can_fork(_place, os.environ):
        os.execv(real(_name)[0], [*real(_name), *sys.argv[3:]])
    _become(_name, _place, sys.argv[3:])
