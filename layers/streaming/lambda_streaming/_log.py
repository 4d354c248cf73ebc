"""The function's log: where lines go, and how the runtime words its own.

With _LAMBDA_TELEMETRY_LOG_FD each message is a frame, so that Lambda knows where it ends; otherwise lines go
to stdout. The formats are those of Lambda's managed Python runtime, in text and in JSON.
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import os
import sys
import time

from lambda_streaming import _json_codec
from lambda_streaming._marshal_response import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from lambda_streaming._error_document import ErrorDocument

# Frame types; the low byte of the second kind also says text (3) or JSON (2) and the level.
FRAME_TEXT = 0xA55A0003
FRAME_JSON = 0xA55A0002
LEVEL_BITS = {"DEBUG": 0x08, "INFO": 0x0C, "WARNING": 0x10, "ERROR": 0x14, "CRITICAL": 0x18}

_NO_BREAK_SPACE = "\u00a0"


_STDOUT = 1


class Sink:
    """Where log messages go: the telemetry descriptor's frames if Lambda gave one, else stdout.

    They go to stdout's descriptor: what the function makes of ``sys.stdout`` is its own affair.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def close(self) -> None:
        """Close the descriptor, if there is one; what comes later goes to stdout."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def framed(self) -> bool:
        """Whether each message is a frame of its own, and needs no line break to end it."""
        return self._descriptor is not None

    def write(self, message: str, frame_type: int = FRAME_TEXT) -> None:
        """Write one message: a frame, or to stdout as it is."""
        data = message.encode("utf-8", "backslashreplace")
        if self._descriptor is None:
            _write_all(_STDOUT, data)
            return
        microseconds = time.time_ns() // 1000
        numbers = ((frame_type, 4), (len(data), 4), (microseconds, 8))
        header = b"".join([number.to_bytes(size, "big") for number, size in numbers])
        _write_all(self._descriptor, header + data)


class Unbuffered:
    """A text stream whose every write reaches its descriptor at once: a frozen environment loses no line."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write and flush."""
        written = self.stream.write(text)
        self.stream.flush()
        return written

    def writelines(self, lines: list[str]) -> None:
        """Write and flush."""
        self.stream.writelines(lines)
        self.stream.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)

    def __enter__(self) -> Unbuffered:
        return self

    def __exit__(self, *error: object) -> None:
        return None


class _State:
    """What is being logged about: set by the runtime loop for each invocation."""

    sink = Sink(None)
    json_format = False
    level = ""  # as configured, in capitals; empty if it is not
    request_id = ""
    tenant_id: str | None = None
    emit: Callable[[str, str | dict[str, object]], None] | None = None  # once logging has been imported


state = _State()


def start() -> None:
    """Take the log's settings from the environment, and make stdout and stderr unbuffered."""
    sys.stdout = Unbuffered(sys.stdout)
    sys.stderr = Unbuffered(sys.stderr)
    descriptor = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
    state.sink = Sink(None if descriptor is None else int(descriptor))
    state.json_format = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    state.level = "DEBUG" if level == "TRACE" else level.upper()


def error(document: ErrorDocument) -> None:
    """Log what Lambda is told of an error: one message, whichever the format."""
    if state.json_format:
        record = {"timestamp": _timestamp(), "level": "ERROR", **document}
        line = to_json(record)
        state.sink.write(line if state.sink.framed else line + "\n", FRAME_JSON | LEVEL_BITS["ERROR"])
        return
    # One event of CloudWatch Logs ends at a line feed: hence carriage returns between the lines on stdout,
    # and no-break spaces for an indentation that would otherwise be trimmed.
    lines = _error_lines(document)
    message = "\n".join(lines) if state.sink.framed else "\r".join(lines) + "\n"
    state.sink.write(message, FRAME_TEXT | LEVEL_BITS["ERROR"])


def warning(message: str) -> None:
    """Log a warning of the runtime's own, as ``logging.warning`` would."""
    if state.emit is not None:
        state.emit("WARNING", message)
    elif state.level not in ("ERROR", "CRITICAL", "FATAL"):
        _write("WARNING", message)


def debug(message: dict[str, object]) -> None:
    """Log an event of the runtime's own, as ``logging.debug`` would."""
    if state.emit is not None:
        state.emit("DEBUG", message)
    elif state.level == "DEBUG":
        _write("DEBUG", message)


def _write(level: str, message: str | dict[str, object]) -> None:
    if state.json_format:
        record = {"timestamp": _timestamp(), "level": level, "message": message, "logger": __package__}
        if state.request_id:
            record["requestId"] = state.request_id
        state.sink.write(_json_codec.dumps(record) + "\n", FRAME_JSON | LEVEL_BITS[level])
        return
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
    line = f"[{level}]\t{stamp}\t{state.request_id}\t{message}\n"
    state.sink.write(line, FRAME_TEXT | LEVEL_BITS[level])


def from_context(message: str) -> None:
    """Write what ``context.log`` is given: to the log, or to stdout where that has no handler any more."""
    logging = sys.modules.get("logging")
    if logging is None or any(hasattr(handler, "log_sink") for handler in logging.getLogger().handlers):
        state.sink.write(message)
    else:
        sys.stdout.write(message)


def _error_lines(document: ErrorDocument) -> list[str]:
    title = ": ".join(filter(None, (document["errorType"], document["errorMessage"])))
    lines = [f"[ERROR] {title}" if title else "[ERROR]"]
    if document["stackTrace"]:  # the runtime's own errors have none
        lines.append("Traceback (most recent call last):")
    for entry in document["stackTrace"]:
        lines += [_keep_indentation(line) for line in entry.splitlines()] or [""]
    return lines


def _keep_indentation(line: str) -> str:
    text = line.lstrip(" ")
    return _NO_BREAK_SPACE * (len(line) - len(text)) + text


def _timestamp() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _write_all(descriptor: int, data: bytes) -> None:
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:  # the function has closed it: nobody is left to be told
        return
