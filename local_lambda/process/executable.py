"""Whether a file can be executed: what execve(2) would say, before something else is started in its place.

A runtime that starts within a namespace is not the first program of its process.
"""

import errno
import os
from pathlib import Path


def check_executable(path: Path) -> None:
    """Raise the OSError of execve, if it would raise one."""
    with path.open("rb") as file:
        head = file.read(256)
    if not path.is_file() or not os.access(path, os.X_OK):
        raise _error(errno.EACCES, path)
    if head.startswith(b"#!"):
        # A carriage return is part of the name: a file from Windows does not start.
        line = head[2:].partition(b"\n")[0].replace(b"\t", b" ").strip(b" ")
        if not Path(os.fsdecode(line.partition(b" ")[0])).is_file():
            raise _error(errno.ENOENT, path)
    elif not head.startswith(b"\x7fELF"):
        raise _error(errno.ENOEXEC, path)


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))
