"""Lines out of pieces."""

from __future__ import annotations

import json
import os
import re
import threading
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from local_lambda.log.terminal import EnvironmentLog, FunctionLog, Terminal
from tests.support.recorded_terminal import RecordedTerminal


def test_the_tail_is_of_one_invocation() -> None:
    terminal = RecordedTerminal()
    log = EnvironmentLog(FunctionLog(terminal, "Some"))
    log.write("of nobody")
    log.begin("one")
    log.platform("START")
    log.write("[ERROR] E\rTraceback\r")
    log.warning("not of AWS")
    log.end()
    log.write("of nobody")
    assert log.tail == b"START\n[ERROR] E\nTraceback\n"
    log.begin("two")
    assert log.tail == b""
    terminal.close(5)


@given(st.lists(st.text(max_size=3000), max_size=5))
def test_the_tail_has_whole_characters(lines: list[str]) -> None:
    terminal = RecordedTerminal()
    log = EnvironmentLog(FunctionLog(terminal, "Some"))
    log.begin("one")
    for line in lines:
        log.write(line)
    terminal.close(5)
    tail = log.tail
    assert len(tail) <= 4096
    tail.decode()
    if sum(len(line.encode(errors="replace")) + 1 for line in lines) > 4096:
        assert len(tail) > 4092


def test_it_tells_when_lines_are_written() -> None:
    terminal = RecordedTerminal()
    seen: list[str] = []
    called = threading.Semaphore(0)

    def written() -> None:
        seen.append(terminal.text)
        called.release()

    for number in range(3):
        terminal.line(f"line {number}")
        terminal.when_written(written)
        assert called.acquire(timeout=10)
    terminal.close(5)
    assert seen == ["line 0\n", "line 0\nline 1\n", "line 0\nline 1\nline 2\n"]


def test_it_tells_when_nobody_reads_any_more() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    terminal = Terminal(writer)
    for _ in range(2):
        called = threading.Event()
        terminal.line("to nobody")
        terminal.when_written(called.set)
        assert called.wait(10)
    terminal.close(5)
    os.close(writer)


def records(terminal: RecordedTerminal) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in terminal.text.splitlines()]
    for record in found:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record.pop("time"))
    return found


def test_each_line_has_the_functions_name() -> None:
    terminal = RecordedTerminal()
    log = FunctionLog(terminal, "Some")
    log.write("a\rb\r")
    log.warning("c\nd")
    terminal.close(5)
    assert terminal.text.splitlines() == ["Some | a", "Some | b", "Some | [local_lambda] c", "Some | d"]


def test_json() -> None:
    terminal = RecordedTerminal(as_json=True)
    function = FunctionLog(terminal, "Some")
    log = EnvironmentLog(function)
    terminal.line("Ready", url="http://x")
    log.write("init")
    log.begin("an-id")
    log.platform("START", "platform.start", {"requestId": "an-id"})
    log.write("a\rb\r")
    log.warning("careful")
    log.platform("END")
    log.end()
    function.warning("careful, too")
    terminal.close(5)
    assert records(terminal) == [
        {"type": "local_lambda", "message": "Ready", "url": "http://x"},
        {"function": "Some", "type": "function", "message": "init"},
        {
            "function": "Some",
            "requestId": "an-id",
            "type": "platform.start",
            "record": {"requestId": "an-id"},
        },
        {"function": "Some", "requestId": "an-id", "type": "function", "message": "a\nb"},
        {"function": "Some", "requestId": "an-id", "type": "local_lambda", "message": "careful"},
        {"function": "Some", "type": "local_lambda", "message": "careful, too"},
    ]
    assert "\n" not in terminal.text.removesuffix("\n").replace("\n{", "")
