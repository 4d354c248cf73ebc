"""The examples of docs/tools.md, run as they stand there."""

from __future__ import annotations

from tests.integration.lambda_streaming.conftest import Start, start
from tests.support.page_examples import examples

__all__ = ["start"]

EXAMPLES = examples("docs/tools.md")


def test_the_stream_on_the_context(start: Start) -> None:
    runtime = start(EXAMPLES["context"])
    assert runtime.invoke().streamed == ({"statusCode": 200}, b"0\n1\n2\n")
    assert runtime.log == ""


def test_the_types(start: Start) -> None:
    assert start(EXAMPLES["types"]).invoke().body == b"function"


def test_every_example_is_run() -> None:
    assert EXAMPLES.keys() == {"context", "types"}
