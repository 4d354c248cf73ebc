"""The log lines of the latest invocations, by request id, and how each ended."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# As many as somebody may look back at, and no more memory than that is worth.
_INVOCATIONS = 200
_CHARACTERS = 256 * 1024
_REST_IS_ELSEWHERE = "[local_lambda] the log is longer than is kept here: the terminal has the rest"


@dataclass
class InvocationLog:
    """The lines of one invocation until now."""

    lines: list[str] = field(default_factory=list)
    ended: bool = False
    """Whether they are all."""
    error: tuple[str, bytes] | None = None
    """The type and the JSON of the error that the invocation ended with."""
    size: int = 0


class History:
    """Forgets the oldest invocations, and what goes beyond a size in one."""

    def __init__(self) -> None:
        self._logs: OrderedDict[str, InvocationLog] = OrderedDict()
        self._watchers: dict[str, list[Callable[[], None]]] = {}

    def begin(self, request_id: str) -> None:
        """There will be lines of this invocation."""
        if request_id not in self._logs:
            self._logs[request_id] = InvocationLog()
        if len(self._logs) > _INVOCATIONS:
            self._logs.popitem(last=False)

    def append(self, request_id: str, text: str) -> None:
        """Take a line in."""
        self.begin(request_id)
        log = self._logs[request_id]
        kept, log.size = log.size <= _CHARACTERS, log.size + len(text)
        if log.size <= _CHARACTERS:
            log.lines.append(text)
        elif kept:
            log.lines.append(_REST_IS_ELSEWHERE)
        self._tell(request_id)

    def end(self, request_id: str, error: tuple[str, bytes] | None = None) -> None:
        """There will be no more lines of it."""
        if request_id in self._logs:
            self._logs[request_id].ended = True
            self._logs[request_id].error = error
        self._tell(request_id)

    def of(self, request_id: str) -> InvocationLog | None:
        """What is known of an invocation; None when it never was, or is forgotten."""
        return self._logs.get(request_id)

    @contextmanager
    def watched(self, request_id: str, changed: Callable[[], None]) -> Iterator[None]:
        """Call ``changed`` after each line, and after the end."""
        watchers = self._watchers.setdefault(request_id, [])
        watchers.append(changed)
        try:
            yield
        finally:
            watchers.remove(changed)
            if not watchers:
                self._watchers.pop(request_id, None)

    def _tell(self, request_id: str) -> None:
        for changed in self._watchers.get(request_id, ()):
            changed()
