"""The lines of the latest invocations."""

from __future__ import annotations

from local_lambda.log.history import History


def test_lines_by_request() -> None:
    history = History()
    history.append("a", "START")
    history.append("b", "other")
    history.append("a", "REPORT")
    assert history.lines("a") == (["START", "REPORT"], False)
    history.end("a")
    assert history.lines("a") == (["START", "REPORT"], True)
    assert history.lines("unknown") == ([], False)


def test_it_does_not_grow() -> None:
    history = History()
    for number in range(1000):
        history.append(str(number), "x")
        history.end(str(number))
    assert history.lines("799") == ([], False)
    assert history.lines("800") == (["x"], True)
    for _ in range(10):
        history.append("long", "y" * 100_000)
    assert len(history.lines("long")[0]) == 2
