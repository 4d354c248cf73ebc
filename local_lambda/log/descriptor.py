"""Output by descriptor, for threads that may be left behind when the process ends.

A thread that Python's exit finds within `sys.stdout.write` holds that file's lock, and Python aborts the
process (`_enter_buffered_busy`, exit status 134). A thread within `os.write` holds nothing.
"""

import contextlib
import os
import resource
import select

_LIMITS = (65_536, 10_240)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte, and wait while the reader takes none. Raises OSError."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:  # whoever shares the terminal with us has made it non-blocking
            select.select([], [descriptor], [])


def raise_limit() -> None:
    """Allow this process as many descriptors as the system lets it have: a stream takes two, or three."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, *_LIMITS):
        with contextlib.suppress(ValueError, OSError):  # macOS has a lower one than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            return


def open_standard_descriptors() -> None:
    """Give a process started without one of 0, 1 and 2 (`>&-`) an empty one, lest a socket get its number."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
