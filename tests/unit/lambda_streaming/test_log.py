from __future__ import annotations

import io
import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lambda_streaming import _log

if TYPE_CHECKING:
    from lambda_streaming._error_document import ErrorDocument

DOCUMENT: ErrorDocument = {
    "errorMessage": "it broke: ž",
    "errorType": "ValueError",
    "requestId": "some-id",
    "stackTrace": ['  File "/var/task/app.py", line 2, in f\n    g()\n', '  File "x", line 1, in g\n'],
}
TEXT_LINES = [
    "[ERROR] ValueError: it broke: ž",
    "Traceback (most recent call last):",
    '\u00a0\u00a0File "/var/task/app.py", line 2, in f',
    "\u00a0\u00a0\u00a0\u00a0g()",
    '\u00a0\u00a0File "x", line 1, in g',
]
ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("sink", _log.Sink(None)),
        ("json_format", False),
        ("request_id", ""),
        ("tenant_id", None),
    ):
        monkeypatch.setattr(_log.state, name, value, raising=False)


class Pipe:
    """A telemetry descriptor, and the frames that were written to it."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()

    def frames(self) -> list[tuple[int, int, str]]:
        """Type, time in microseconds, and message of each frame."""
        os.close(self.writing)
        with os.fdopen(self.reading, "rb") as file:
            data = file.read()
        found = []
        while data:
            kind, size, moment = (int.from_bytes(data[a:b], "big") for a, b in ((0, 4), (4, 8), (8, 16)))
            assert len(data) >= 16 + size
            found.append((kind, moment, data[16 : 16 + size].decode()))
            data = data[16 + size :]
        return found


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Pipe:
    made = Pipe()
    monkeypatch.setattr(_log.state, "sink", _log.Sink(made.writing))
    return made


def test_error_as_text_is_one_line_for_cloudwatch(capfd: pytest.CaptureFixture[str]) -> None:
    _log.error(DOCUMENT)
    assert capfd.readouterr().out == "\r".join(TEXT_LINES) + "\n"


def test_error_as_text_in_a_frame(pipe: Pipe) -> None:
    _log.error(DOCUMENT)
    [(kind, moment, message)] = pipe.frames()
    assert kind == 0xA55A0017
    assert message == "\n".join(TEXT_LINES)
    assert moment > 1_700_000_000_000_000  # microseconds, not milliseconds


def test_error_as_json(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_log.state, "json_format", True)
    _log.error(DOCUMENT)
    text = capfd.readouterr().out
    assert text.count("\n") == 1
    assert text.endswith("\n")
    record = json.loads(text)
    assert re.fullmatch(ISO + "Z", record.pop("timestamp"))
    assert record == {"level": "ERROR", **DOCUMENT}
    assert "ž" in text


def test_error_as_json_in_a_frame(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_log.state, "json_format", True)
    _log.error(DOCUMENT)
    [(kind, _, message)] = pipe.frames()
    assert kind == 0xA55A0016
    assert json.loads(message)["errorType"] == "ValueError"
    assert not message.endswith("\n")


@pytest.mark.parametrize(
    ("error_type", "message", "title"),
    [("E", "", "[ERROR] E"), ("", "m", "[ERROR] m"), ("", "", "[ERROR]"), ("E", "a\nb", "[ERROR] E: a\nb")],
)
def test_title(error_type: str, message: str, title: str, capfd: pytest.CaptureFixture[str]) -> None:
    _log.error({"errorType": error_type, "errorMessage": message, "requestId": "", "stackTrace": []})
    assert capfd.readouterr().out == f"{title}\n"  # and no traceback of nothing


def test_an_empty_entry_of_a_trace_is_an_empty_line(capfd: pytest.CaptureFixture[str]) -> None:
    _log.error({"errorType": "E", "errorMessage": "m", "requestId": "", "stackTrace": ["", " a\n\n  b"]})
    lines = capfd.readouterr().out.rstrip("\n").split("\r")
    assert lines[2:] == ["", "\u00a0a", "", "\u00a0\u00a0b"]


@pytest.mark.parametrize("replaced", [None, io.StringIO(), "closed"])
def test_surrogates_and_whatever_stands_in_for_stdout_do_not_break_the_log(
    monkeypatch: pytest.MonkeyPatch, pipe: Pipe, capfd: pytest.CaptureFixture[str], replaced: object
) -> None:
    document: ErrorDocument = {**DOCUMENT, "errorMessage": "file \udcff"}
    if replaced == "closed":
        replaced = io.StringIO()
        replaced.close()
    monkeypatch.setattr(sys, "stdout", replaced)
    framed = _log.state.sink
    for sink in (framed, _log.Sink(None)):
        monkeypatch.setattr(_log.state, "sink", sink)
        _log.error(document)
    assert "file \\udcff" in capfd.readouterr().out
    assert "file \\udcff" in pipe.frames()[0][2]


def test_warning_as_text(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_log.state, "request_id", "some-id")
    _log.warning("watch out")
    assert re.fullmatch(rf"\[WARNING\]\t{ISO}\.\d{{3}}Z\tsome-id\twatch out\n", capfd.readouterr().out)


def test_warning_in_a_frame(pipe: Pipe) -> None:
    _log.warning("watch out")
    [(kind, _, message)] = pipe.frames()
    assert kind == 0xA55A0013
    assert message.endswith("\t\twatch out\n")


def test_warning_as_json(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_log.state, "json_format", True)
    _log.warning("before any invocation")
    monkeypatch.setattr(_log.state, "request_id", "some-id")
    _log.warning("watch out")
    (kind, _, first), (_, _, second) = pipe.frames()
    assert kind == 0xA55A0012
    assert "requestId" not in json.loads(first)
    record = json.loads(second)
    assert re.fullmatch(ISO + "Z", record.pop("timestamp"))
    assert record == {
        "level": "WARNING",
        "message": "watch out",
        "logger": "lambda_streaming",
        "requestId": "some-id",
    }


def test_a_long_message_is_one_whole_frame(pipe: Pipe) -> None:
    _log.state.sink.write("x" * 30_000)
    _log.state.sink.write("")
    assert [(kind, len(message)) for kind, _, message in pipe.frames()] == [
        (0xA55A0003, 30_000),
        (0xA55A0003, 0),
    ]


def test_a_frame_that_the_pipe_takes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    def write_three(descriptor: int, data: bytes) -> int:
        written.append(data[:3])
        return len(written[-1])

    monkeypatch.setattr(os, "write", write_three)
    _log.Sink(-1).write("whole")
    assert b"".join(written)[16:] == b"whole"


def test_start_reads_the_environment(
    monkeypatch: pytest.MonkeyPatch, pipe: Pipe, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.StringIO())
    monkeypatch.setenv("_LAMBDA_TELEMETRY_LOG_FD", str(pipe.writing))
    monkeypatch.setenv("AWS_LAMBDA_LOG_FORMAT", "json")
    _log.start()
    assert "_LAMBDA_TELEMETRY_LOG_FD" not in os.environ
    assert _log.state.json_format
    assert _log.state.sink.framed
    _log.state.sink.write("x")
    assert [message for _, _, message in pipe.frames()] == ["x"]


@pytest.mark.parametrize("value", [None, "Text", "TEXT", ""])
def test_start_without_settings(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], value: str | None
) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.StringIO())
    monkeypatch.delenv("_LAMBDA_TELEMETRY_LOG_FD", raising=False)
    monkeypatch.delenv("AWS_LAMBDA_LOG_FORMAT", raising=False)
    if value is not None:
        monkeypatch.setenv("AWS_LAMBDA_LOG_FORMAT", value)
    _log.start()
    assert not _log.state.sink.framed
    assert not _log.state.json_format


class Slow(io.StringIO):
    """Counts how often it is flushed."""

    flushes = 0

    def flush(self) -> None:
        self.flushes += 1


def test_unbuffered() -> None:
    inner = Slow()
    stream: Any = _log.Unbuffered(inner)
    assert stream.write("abc") == 3
    assert inner.flushes == 1
    stream.writelines(["d", "e"])
    assert inner.flushes == 2
    print("f", file=stream, end="")
    assert inner.flushes >= 3
    with stream as entered:
        assert entered is stream
    assert not inner.closed
    assert stream.getvalue() == "abcdef"


def test_a_descriptor_that_the_function_has_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    _log.Sink(writing).write("nobody reads this")
