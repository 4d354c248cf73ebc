"""The lines of the latest invocations."""

from __future__ import annotations

from local_lambda.log_book import LogBook


def test_lines_by_request() -> None:
    book = LogBook()
    book.keep("a", "START")
    book.keep("b", "other")
    book.keep("a", "REPORT")
    assert book.of("a") == (["START", "REPORT"], False)
    book.end("a")
    assert book.of("a") == (["START", "REPORT"], True)
    assert book.of("unknown") == ([], False)


def test_it_does_not_grow() -> None:
    book = LogBook()
    for number in range(1000):
        book.keep(str(number), "x")
        book.end(str(number))
    assert book.of("799") == ([], False)
    assert book.of("800") == (["x"], True)
    for _ in range(10):
        book.keep("long", "y" * 100_000)
    assert len(book.of("long")[0]) == 2
