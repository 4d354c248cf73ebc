"""Whose line of a log it is, where many invocations write at once."""

from __future__ import annotations

import pytest

from local_lambda.log.history import History
from local_lambda.log.managed import ManagedLog
from local_lambda.log.terminal import FunctionLog
from tests.support.recorded_terminal import RecordedTerminal


def line(request_id: str, key: str = "requestId") -> str:
    return f'{{"message": "hello", "{key}": "{request_id}"}}'


def written(lines: list[str], begun: list[str]) -> dict[str, list[str]]:
    terminal, history = RecordedTerminal(), History()
    log = ManagedLog(FunctionLog(terminal, "F", history))
    tails = {one: log.begin(one) for one in begun}
    for one in lines:
        log.write(one)
    for one in begun:
        log.end(one)
    terminal.close(5)
    assert terminal.text.splitlines() == [f"F | {one}" for one in lines]
    kept = {one: found.lines for one in begun if (found := history.of(one))}
    assert kept == {one: tails[one].tail.decode().splitlines() for one in begun}
    return kept


def test_each_line_goes_to_the_invocation_it_names() -> None:
    lines = [line("b"), line("a"), line("b", "AWSRequestId")]
    assert written(lines, ["a", "b"]) == {"a": [lines[1]], "b": [lines[0], lines[2]]}


@pytest.mark.parametrize(
    "text", ["plain", "{not JSON", '{"requestId": 7}', '{"requestId": "unknown"}', '{"a":' * 700]
)
def test_what_names_none_belongs_to_all_but_where_there_is_one(text: str) -> None:
    assert written([text], ["a", "b"]) == {"a": [], "b": []}
    assert written([text], ["a"]) == {"a": [text]}
