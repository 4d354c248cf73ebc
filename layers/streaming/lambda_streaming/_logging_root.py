"""The root logger, as a function finds it on Lambda: its handler, its formats in text and in JSON.

Imported only once the function has imported `logging`.
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import logging
import time
import traceback

from lambda_streaming import _json_codec, _log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

_TEXT_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
_TEXT_TIME = "%Y-%m-%dT%H:%M:%S"
_JSON_TIME = "%Y-%m-%dT%H:%M:%SZ"

# What every record has; anything else was given as `extra`. A task's name is shown, where there is one.
_STANDARD_FIELDS = {*vars(logging.makeLogRecord({})), "aws_request_id", "tenant_id", "_frame_type"} - {
    "taskName"
}


def set_up() -> None:
    """Give the root logger Lambda's handler, and the level that the function is configured with."""
    logging.Formatter.converter = time.gmtime
    root = logging.getLogger()
    root.addHandler(make_handler(_log.state.sink))
    if _log.state.level in logging.getLevelNamesMapping():
        root.setLevel(_log.state.level)
    _log.state.emit = _emit


def make_handler(sink: _log.Sink) -> LambdaLoggerHandler:
    """Return a handler that writes records to ``sink``, in the format that is configured."""
    typed = _log.state.json_format or bool(_log.state.level)
    handler = (LambdaLoggerHandlerWithFrameType if typed else LambdaLoggerHandler)(sink)
    text = logging.Formatter(_TEXT_FORMAT, _TEXT_TIME)
    handler.setFormatter(JsonFormatter(datefmt=_JSON_TIME) if _log.state.json_format else text)
    handler.addFilter(LambdaLoggerFilter())
    return handler


def _emit(level: str, message: str | dict[str, object]) -> None:
    """Log a message of the runtime's own."""
    logging.getLogger(__package__).log(logging.getLevelNamesMapping()[level], message)


class LambdaLoggerHandler(logging.Handler):
    """Passes records on to the function's log. The name is the one it has in the managed runtime."""

    def __init__(self, log_sink: _log.Sink) -> None:
        super().__init__()
        self.log_sink = log_sink

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; an error in its arguments is the caller's to see, as in the managed runtime."""
        self.log_sink.write(self.format(record))


class LambdaLoggerHandlerWithFrameType(LambdaLoggerHandler):
    """Also tells Lambda each record's level, which it can then filter by."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record in a frame of its level and format."""
        message = self.format(record)
        frame_type = _log.FRAME_JSON if _log.state.json_format else _log.FRAME_TEXT
        level_bits = _log.LEVEL_BITS.get(logging.getLevelName(_level(record)), 0)
        self.log_sink.write(message, frame_type | level_bits)


class LambdaLoggerFilter(logging.Filter):
    """Adds ``aws_request_id`` and ``tenant_id`` to each record; many functions have them in a format."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        record.aws_request_id = _log.state.request_id
        record.tenant_id = _log.state.tenant_id
        return True


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON, with whatever was given as ``extra`` beside Lambda's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        record.levelno = _level(record)
        record.levelname = logging.getLevelName(record.levelno)
        fields = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": _message(record),
            "logger": record.name,
            **_error_fields(record),
            "requestId": getattr(record, "aws_request_id", None),
        }
        fields["location"] = _location(record)
        if getattr(record, "tenant_id", None) is not None:
            fields["tenantId"] = record.tenant_id  # type: ignore[attr-defined]
        for name, value in vars(record).items():
            if name not in _STANDARD_FIELDS and name not in fields:
                fields[name] = value
        present = {name: value for name, value in fields.items() if value is not None}
        return _json_codec.dumps_anything(present) + "\n"


def _message(record: logging.LogRecord) -> object:
    """Return a dict as it is, to be an object in the JSON; anything else as text."""
    return record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage()


def _error_fields(record: logging.LogRecord) -> dict[str, Any]:
    kind: type[BaseException] | None
    trace: TracebackType | None
    kind, error, trace = record.exc_info or (None, None, None)
    failed = kind is not None
    return {
        "stackTrace": traceback.format_tb(trace) if failed else None,
        "errorType": kind.__name__ if kind is not None else None,
        "errorMessage": str(error) if failed else None,
    }


def _location(record: logging.LogRecord) -> str | None:
    return f"{record.pathname}:{record.funcName}:{record.lineno}" if record.exc_info else None


def _level(record: logging.LogRecord) -> int:
    """Return the standard level at or below that of the record."""
    return min(logging.CRITICAL, max(logging.NOTSET, record.levelno)) // 10 * 10
