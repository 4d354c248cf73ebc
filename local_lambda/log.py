"""What the terminal shows: every line of a function under its name."""

import threading
from collections import deque
from typing import TextIO

# What may wait for an output that nobody reads (a paused terminal, a full pipe) before lines are left out.
_MAX_WAITING_CHARACTERS = 16 * 1024 * 1024


class Terminal:
    """Lines on one output, written by a thread: an output that nobody reads holds nobody up."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._waiting: deque[str] = deque()
        self._size = 0
        self._left_out = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write, name="terminal", daemon=True)
        self._thread.start()

    def line(self, text: str) -> None:
        """Write a line; returns at once."""
        with self._changed:
            if self._size > _MAX_WAITING_CHARACTERS:
                self._left_out += 1
                return
            self._waiting.append(text + "\n")
            self._size += len(text)
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Write what waits, for no longer than that."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(seconds)

    def _write(self) -> None:
        while lines := self._next():
            try:
                self._out.write(lines)
                self._out.flush()
            except (OSError, ValueError):
                return  # nobody reads any more, the functions are served all the same

    def _next(self) -> str:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            lines = "".join(self._waiting)
            if self._left_out:
                lines += f"[local_lambda] {self._left_out} lines were left out: this output was not read\n"
            self._waiting.clear()
            self._size = self._left_out = 0
            return lines


class FunctionLog:
    """The log of one function."""

    def __init__(self, terminal: Terminal, name: str) -> None:
        self._terminal = terminal
        self._prefix = f"{name} | "

    def write(self, text: str) -> None:
        """Write what the function or the platform says.

        A carriage return within begins a new line: awslambdaric joins the lines of a traceback with them, so
        that CloudWatch keeps them together.
        """
        lines = text.removesuffix("\r").split("\r")
        self._terminal.line("\n".join(self._prefix + line for line in lines))

    def warning(self, text: str) -> None:
        """Say what AWS would not: a warning of the local Lambda's own."""
        self.write(f"[local_lambda] {text}")
