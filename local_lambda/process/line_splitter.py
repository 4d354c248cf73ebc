"""A function's output in pieces → lines of its log."""


class LineSplitter:
    """Cuts at newlines. A line longer than `limit` bytes is cut in several, as CloudWatch does."""

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
        """The last line, when it has no end."""
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
