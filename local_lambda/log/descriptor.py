"""Output by descriptor, for threads that may be left behind when the process ends.

A thread that Python's exit finds within `sys.stdout.write` holds that file's lock, and Python aborts the
process (`_enter_buffered_busy`, exit status 134). A thread within `os.write` holds nothing.
"""

import os
import select


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte, and wait while the reader takes none. Raises OSError."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:  # whoever shares the terminal with us has made it non-blocking
            select.select([], [descriptor], [])


def open_standard_descriptors() -> None:
    """Give a process started without one of 0, 1 and 2 (`>&-`) an empty one, lest a socket get its number."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
