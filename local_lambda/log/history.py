"""The log lines of the latest invocations, by request id."""

from collections import OrderedDict

# As many as somebody may look back at, and no more memory than that is worth.
_INVOCATIONS = 200
_CHARACTERS = 256 * 1024


class History:
    """Forgets the oldest invocations, and what goes beyond a size in one."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, list[str]] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._ended: set[str] = set()

    def append(self, request_id: str, text: str) -> None:
        """Take a line in."""
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
        """There will be no more lines of it."""
        if request_id in self._lines:
            self._ended.add(request_id)

    def lines(self, request_id: str) -> tuple[list[str], bool]:
        """The lines until now, and whether they are all."""
        return self._lines.get(request_id, []), request_id in self._ended
