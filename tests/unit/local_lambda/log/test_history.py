"""The lines of the latest invocations."""

from __future__ import annotations

from local_lambda.log.history import History, InvocationLog


def lines(history: History, request_id: str) -> list[str]:
    log = history.of(request_id)
    assert log is not None
    return log.lines


def test_lines_by_request_and_how_each_ended() -> None:
    history = History()
    history.begin("c")
    history.append("a", "START")
    history.append("b", "other")
    history.append("a", "REPORT")
    assert lines(history, "a") == ["START", "REPORT"]
    history.end("a", ("ValueError", b"{}"))
    assert history.of("a") == InvocationLog(["START", "REPORT"], True, ("ValueError", b"{}"), 11)
    assert history.of("c") == InvocationLog()
    assert history.of("unknown") is None


def test_it_does_not_grow() -> None:
    history = History()
    for number in range(1000):
        history.append(str(number), "x")
        history.end(str(number))
    assert history.of("799") is None
    assert lines(history, "800") == ["x"]
    for _ in range(10):
        history.append("long", "y" * 100_000)
    kept = lines(history, "long")
    assert len(kept) == 3
    assert "the terminal has the rest" in kept[-1]


def test_who_watches_is_told_of_each_line_and_of_the_end() -> None:
    history = History()
    seen: list[tuple[int, bool]] = []

    def look() -> None:
        log = history.of("a")
        assert log is not None
        seen.append((len(log.lines), log.ended))

    with history.watched("a", look), history.watched("a", look):
        history.append("a", "START")
        history.append("b", "another")
        history.end("a")
    history.append("a", "nobody watches any more")
    assert seen == [(1, False)] * 2 + [(1, True)] * 2
