"""What the terminal shows: every line of a function under its name, or a JSON object for each.

The objects have the fields of Lambda's own JSON log format, and the function's name beside them:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local_lambda.log.descriptor import write_all
from local_lambda.log.history import History

# How much may wait while nobody reads (a paused terminal, a full pipe) before lines are left out.
_MAX_WAITING_CHARACTERS = 16 * 1024 * 1024
# Lines that come within this time are written together: a thread that runs for each would hold up the bytes
# of the response that they tell of.
_GATHER_SECONDS = 0.01
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, LogType
_TAIL_BYTES = 4096


class Terminal:
    """Lines on one descriptor, written by a thread: callers never wait for its reader."""

    def __init__(self, descriptor: int, encoding: str = "utf-8", *, as_json: bool = False) -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self.as_json = as_json
        self._waiting: deque[str] = deque()
        self._size = 0
        self._left_out = 0
        self._callbacks: list[Callable[[], None]] = []
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write, name="terminal", daemon=True)
        self._thread.start()

    def line(self, text: str, **fields: str) -> None:
        """Write a line of the local Lambda's own, in JSON with more fields; return at once."""
        own = {"type": "local_lambda", "message": text, **fields}
        self.raw(_json(own) if self.as_json else text)

    def record(self, fields: dict[str, Any]) -> None:
        """Write a JSON object with these fields and the time."""
        self.raw(_json(fields))

    def raw(self, text: str) -> None:
        """Write a line as it is; return at once."""
        with self._changed:
            if self._size > _MAX_WAITING_CHARACTERS:
                self._left_out += 1
                return
            if not self._waiting:
                self._changed.notify()
            self._waiting.append(text + "\n")
            self._size += len(text)

    def when_written(self, callback: Callable[[], None]) -> None:
        """Call back, in another thread, when every line until now is written or nobody reads any more."""
        with self._changed:
            self._callbacks.append(callback)
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Write what is waiting, for no longer than that."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(seconds)

    def _write(self) -> None:
        is_read = True
        while not self._closed or self._waiting or self._callbacks:
            lines, callbacks = self._next()
            try:
                # A function may log what the terminal cannot show.
                if is_read:
                    write_all(self._descriptor, lines.encode(self._encoding, "backslashreplace"))
            except OSError:
                is_read = False  # the functions are served all the same
            for callback in callbacks:
                callback()

    def _next(self) -> tuple[str, list[Callable[[], None]]]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._callbacks or self._closed)
            self._changed.wait_for(lambda: self._callbacks or self._closed, _GATHER_SECONDS)
            lines = "".join(self._waiting)
            if self._left_out:
                lines += self._left_out_line() + "\n"
            self._waiting.clear()
            self._size = self._left_out = 0
            callbacks, self._callbacks = self._callbacks, []
            return lines, callbacks

    def _left_out_line(self) -> str:
        text = f"{self._left_out} lines were left out: this output was not read"
        return _json({"type": "local_lambda", "message": text}) if self.as_json else f"[local_lambda] {text}"


def _json(fields: dict[str, Any]) -> str:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"time": now, **fields})


class FunctionLog:
    """The log of one function; ``history`` keeps the lines of its invocations."""

    def __init__(self, terminal: Terminal, name: str, history: History | None = None) -> None:
        self.terminal = terminal
        self.name = name
        self.history = history

    def write(self, text: str) -> None:
        """Write a line of the function.

        A carriage return within begins a new line: awslambdaric joins the lines of a traceback with them, so
        that CloudWatch keeps them together.
        """
        self._write(text, "function")

    def platform(self, text: str, event: str | None = None, record: Any = None) -> None:
        """Write a line of Lambda itself: as text, and as JSON where Lambda has an event for it."""
        if not self.terminal.as_json:
            self._write(text, "platform")
        elif event is not None:
            self._record({"type": event, "record": record})

    def warning(self, text: str) -> None:
        """Write a warning of the local Lambda's own, about what AWS would not tell."""
        self._write(text if self.terminal.as_json else f"[local_lambda] {text}", "local_lambda")

    def _write(self, text: str, kind: str) -> None:
        lines = text.removesuffix("\r").replace("\n", "\r").split("\r")
        if self.terminal.as_json:
            self._record({"type": kind, "message": "\n".join(lines)})
        else:
            self.terminal.raw("\n".join(f"{self.name} | {line}" for line in lines))

    def _record(self, fields: dict[str, Any]) -> None:
        self.terminal.record({"function": self.name, **fields})


class EnvironmentLog(FunctionLog):
    """The part of a function's log that one execution environment writes, for one invocation at a time."""

    def __init__(self, log: FunctionLog) -> None:
        super().__init__(log.terminal, log.name, log.history)
        self._request_id: str | None = None
        self._tail = bytearray()

    @property
    def tail(self) -> bytes:
        """The last 4 KB of the last invocation's log, whole characters only."""
        tail = bytes(self._tail[-_TAIL_BYTES:])
        return tail.decode(errors="ignore").encode()

    def begin(self, request_id: str) -> None:
        """Assign what follows to this invocation, its Init included."""
        self._request_id = request_id
        self._tail.clear()
        if self.history is not None:
            self.history.begin(request_id)

    def end(self, error: tuple[str, bytes] | None = None) -> None:
        """Assign what follows to no invocation; ``error`` is the type and the JSON of this one's failure."""
        if self._request_id is not None and self.history is not None:
            self.history.end(self._request_id, error)
        self._request_id = None

    def write(self, text: str) -> None:
        """Write a line of the function."""
        self._keep(text)
        super().write(text)

    def platform(self, text: str, event: str | None = None, record: Any = None) -> None:
        """Write a line of Lambda itself."""
        self._keep(text)
        super().platform(text, event, record)

    def _keep(self, text: str) -> None:
        if self._request_id is None:
            return
        lines = text.removesuffix("\r").replace("\r", "\n")
        self._tail += lines.encode(errors="replace") + b"\n"
        del self._tail[:-_TAIL_BYTES]
        if self.history is not None:
            self.history.append(self._request_id, lines)

    def _record(self, fields: dict[str, Any]) -> None:
        known = {} if self._request_id is None else {"requestId": self._request_id}
        super()._record(known | fields)
