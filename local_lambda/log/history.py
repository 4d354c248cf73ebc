"""The log lines of the latest invocations, by request id."""

from collections import OrderedDict

# What a user may look back at, within a bound on memory.
_INVOCATIONS = 200
_CHARACTERS = 256 * 1024


class History:
    """Forgets the oldest invocations, and the lines of one beyond a size."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, list[str]] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._ended: set[str] = set()

    def append(self, request_id: str, text: str) -> None:
        """Add a line."""
        lines = self._lines.setdefault(request_id, [])
        size = self._sizes.get(request_id, 0) + len(text)
        if size <= _CHARACTERS:
            lines.append(text)
            self._sizes[request_id] = size
        if len(self._lines) > _INVOCATIONS:
            oldest, _ = self._lines.popitem(last=False)
            self._sizes.pop(oldest, None)
            self._ended.discard(oldest)

    def end(self, request_id: str) -> None:
        """Note that no more lines will come."""
        if request_id in self._lines:
            self._ended.add(request_id)

    def lines(self, request_id: str) -> tuple[list[str], bool]:
        """Return the lines so far, and whether they are all."""
        return self._lines.get(request_id, []), request_id in self._ended
