"""The pipe that a function's process has as stdout and stderr, and the lines in it."""

import array
import asyncio
import fcntl
import os
import termios

from local_lambda.log.terminal import FunctionLog
from local_lambda.process.source_names import SourceNames

_READ_BYTES = 64 * 1024


class LogPipe:
    """Logs lines as they come; `drain` logs all that has been written."""

    def __init__(self, log: FunctionLog, names: SourceNames) -> None:
        self._log = log
        self._names = names
        self._splitter = LineSplitter()
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._reader, self._read, _READ_BYTES)
        self._open = True

    def started(self) -> None:
        """Close our copy of the writing end: the process has its own."""
        os.close(self.writer)

    def drain(self) -> None:
        """Log what is in the pipe now, even a last line without a newline."""
        if self._open:
            waiting = array.array("i", [0])
            fcntl.ioctl(self._reader, termios.FIONREAD, waiting)
            while self._open and waiting[0] > 0:
                waiting[0] -= self._read(min(waiting[0], _READ_BYTES))
        self._write(self._splitter.flush())

    def close(self) -> None:
        """Log the rest and close, even while some process still holds the other end."""
        self.drain()
        if self._open:
            self._open = False
            self._loop.remove_reader(self._reader)
            os.close(self._reader)

    def _read(self, size: int) -> int:
        """Read once; return how many of the ``size`` bytes are done."""
        try:
            data = os.read(self._reader, size)
        except BlockingIOError:
            return size
        if not data:
            self._open = False
            self._loop.remove_reader(self._reader)
            os.close(self._reader)
        self._write(self._splitter.feed(data))
        return len(data) or size

    def _write(self, lines: list[str]) -> None:
        for line in lines:
            self._log.write(self._names.in_line(line))


class LineSplitter:
    """Cuts at newlines. A line longer than `limit` bytes is split, as CloudWatch does."""

    def __init__(self, limit: int = 256 * 1024) -> None:
        self._limit = limit
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[str]:
        """Take a piece; return the lines that are complete."""
        self._rest += data
        *lines, rest = self._rest.split(b"\n")
        self._rest = rest
        complete = [part for line in lines for part in self._parts(line)]
        while len(self._rest) > self._limit:
            head, self._rest = self._cut(self._rest)
            complete.append(head)
        return [bytes(line).decode(errors="replace") for line in complete]

    def flush(self) -> list[str]:
        """Return the last line, when it has no newline."""
        rest, self._rest = self._rest, bytearray()
        return [part.decode(errors="replace") for part in self._parts(rest)] if rest else []

    def _parts(self, line: bytearray) -> list[bytearray]:
        parts = []
        while len(line) > self._limit:
            head, line = self._cut(line)
            parts.append(head)
        return [*parts, line]

    def _cut(self, line: bytearray) -> tuple[bytearray, bytearray]:
        at = self._limit
        while at > self._limit - 3 and line[at] & 0xC0 == 0x80:
            at -= 1  # not within a character of UTF-8
        return line[:at], line[at:]
