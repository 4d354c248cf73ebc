"""A function's output, split into lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from local_lambda.log.terminal import FunctionLog
from local_lambda.process.log_pipe import LineSplitter
from tests.support.recorded_terminal import RecordedTerminal


def split(pieces: list[bytes], limit: int = 1000) -> list[str]:
    splitter = LineSplitter(limit)
    lines = [line for piece in pieces for line in splitter.feed(piece)]
    return lines + splitter.flush()


def test_every_cut() -> None:
    data = "first\n\nthird grüße\nno end".encode()
    for at in range(len(data) + 1):
        assert split([data[:at], data[at:]]) == ["first", "", "third grüße", "no end"]


def test_flush_ends_a_line_once() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"half") == []
    assert splitter.flush() == ["half"]
    assert splitter.flush() == []
    assert splitter.feed(b" more\n") == [" more"]


@given(st.lists(st.binary(max_size=40)), st.integers(4, 20))
def test_long_lines_lose_nothing(pieces: list[bytes], limit: int) -> None:
    data = b"".join(pieces)
    lines = split(pieces, limit)
    assert all(len(line.encode(errors="replace")) <= 3 * limit for line in lines)
    if data.isascii():
        assert "".join(lines) == data.replace(b"\n", b"").decode()
        assert all(len(line) <= limit for line in lines)


def test_a_long_line_is_not_cut_within_a_character() -> None:
    assert split(["ä€😀".encode() * 10], limit=7) == split(["ä€😀".encode() * 10], limit=7)
    assert "�" not in "".join(split(["ä€😀".encode() * 10], limit=7))


def test_carriage_returns_begin_lines() -> None:
    terminal = RecordedTerminal()
    FunctionLog(terminal, "Some").write("[ERROR] E\rTraceback\r\xa0\xa0File\r")
    terminal.close(5)
    assert terminal.text == "Some | [ERROR] E\nSome | Traceback\nSome | \xa0\xa0File\n"
