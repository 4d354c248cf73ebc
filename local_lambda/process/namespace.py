"""A function's own mount namespace: /opt is there at its path, and what is deployed is read-only.

https://man7.org/linux/man-pages/man7/mount_namespaces.7.html. Where the system gives its user none (macOS,
many containers, Ubuntu's AppArmor), functions run without, and find layers through their variables only.
"""

import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path

_SCRIPT = Path(__file__).with_name("namespace_mounts.py")
_SECONDS = 20
# Entering a mount namespace leads to its root directory.
_CHANGE_DIRECTORY = 'cd "$1" && shift && exec "$@"'
# A function can write here, wherever its code is.
_WRITABLE = Path("/tmp")
_OPTIONS = {"mnt": "mount", "user": "user"}


class NamespaceError(Exception):
    """This system gives us no mount namespace; the text is why."""


class Namespace:
    """A mount namespace that lasts as long as this object, and as any process in it."""

    def __init__(self, opt: Path, read_only: Iterable[Path]) -> None:
        """Make one in which ``opt`` is at /opt, beside what the machine has there. Raises NamespaceError."""
        nsenter = shutil.which("nsenter")
        if nsenter is None:
            raise NamespaceError("there is no nsenter, of util-linux, on PATH")
        # Root needs no user namespace, and in one its other users' files would be nobody's.
        kinds = ["mnt"] if os.geteuid() == 0 else ["user", "mnt"]
        descriptors = _made(kinds, opt, read_only)
        weakref.finalize(self, _close, descriptors)
        places = [
            f"--{_OPTIONS[kind]}=/proc/{os.getpid()}/fd/{descriptor}"
            for kind, descriptor in zip(kinds, descriptors, strict=True)
        ]
        # As the same user within the namespace, not as its root.
        self._prefix = [nsenter, "--preserve-credentials", *places, "--", "/bin/sh", "-c", _CHANGE_DIRECTORY]
        _try(self.command(["/bin/sh", "-c", ":"], Path("/opt")))

    def command(self, argv: Sequence[str], directory: Path) -> list[str]:
        """Return the command that runs another one there, in that directory, as the same one process."""
        return [*self._prefix, "sh", str(directory), *argv]


def _made(kinds: Sequence[str], opt: Path, read_only: Iterable[Path]) -> list[int]:
    """Let a process make it; return descriptors of its namespaces, which keep them when that process ends."""
    places = sorted({str(path) for path in read_only if not _WRITABLE.is_relative_to(path)})
    user = str(int("user" in kinds))
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(_SCRIPT), user, str(opt), *places],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if line != "ready":
            raise NamespaceError(line or "it could not be made")
        return _opened(process.pid, kinds)


def _opened(pid: int, kinds: Sequence[str]) -> list[int]:
    opened: list[int] = []
    try:
        for kind in kinds:
            opened.append(os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC))
    except OSError as error:
        _close(opened)
        raise NamespaceError(str(error)) from error
    return opened


def _try(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NamespaceError(str(error)) from error
    if done.returncode != 0:
        raise NamespaceError(" ".join(done.stderr.split()) or "it could not be entered")


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
