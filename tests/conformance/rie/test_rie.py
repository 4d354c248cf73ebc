"""The runtime against AWS's own implementation of the Runtime API.

The emulator buffers, and leaves prelude and NULs in the body: that is its nature. What it shows is that every
request of the runtime is one that AWS's code accepts, in an order that it allows.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.rie.emulator import Emulator
from tests.support.runtime_process import ROOT

FUNCTIONS = ROOT / "functions"

HANDLERS = """
from lambda_streaming import HttpResponseStream, streamify_response

@streamify_response
def handler(event, context):
    case = event["case"]
    if case == "error before":
        raise ValueError("before the first byte")
    yield {"statusCode": 201, "headers": {"Content-Type": "text/plain"}, "cookies": ["a=1"]}
    if case == "empty":
        return
    yield "one "
    if case == "error after":
        raise ValueError("after the first byte")
    yield b""
    yield "two"
    if case == "large":
        for _ in range(70):
            yield bytes(100_000)
"""


def split(body: bytes) -> tuple[dict[str, Any], bytes]:
    prelude, separator, rest = body.partition(b"\0" * 8)
    assert separator, body[:200]
    return json.loads(prelude), rest


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Any:
    task_root = tmp_path_factory.mktemp("task")
    (task_root / "app.py").write_text(textwrap.dedent(HANDLERS))
    with Emulator(tmp_path_factory.mktemp("rie"), task_root) as running:
        yield running


def invoke(emulator: Emulator, case: str) -> tuple[int, bytes]:
    return emulator.invoke(json.dumps({"case": case}).encode())


def test_streams_and_goes_on_whatever_happened_before(emulator: Emulator) -> None:
    for case in ("plain", "error after", "plain", "error before", "plain", "empty", "plain"):
        status, body = invoke(emulator, case)
        assert status == 200
        if case == "error before":
            error = json.loads(body)
            assert error["errorType"] == "ValueError"
            assert error["errorMessage"] == "before the first byte"
            assert "app.py" in error["stackTrace"][0]
            continue
        prelude, rest = split(body)
        assert prelude == {"statusCode": 201, "headers": {"Content-Type": "text/plain"}, "cookies": ["a=1"]}
        # The emulator does not look at the trailers: of the failed stream it passes on what was sent.
        assert rest == {"plain": b"one two", "error after": b"one ", "empty": b""}[case]
    assert "[ERROR] ValueError: after the first byte" in emulator.log
    assert "refused" not in emulator.log


def test_too_large_a_response_is_reported_and_survived(emulator: Emulator) -> None:
    status, body = invoke(emulator, "large")
    assert json.loads(body)["errorType"] == "Function.ResponseSizeTooLarge"
    status, body = invoke(emulator, "plain")
    assert (status, split(body)[1]) == (200, b"one two")


def test_counter(tmp_path: Path) -> None:
    with Emulator(tmp_path, FUNCTIONS / "counter") as emulator:
        for _ in range(2):
            status, body = emulator.invoke((ROOT / "events" / "counter.json").read_bytes())
            prelude, text = split(body)
            assert status == prelude["statusCode"] == 200
            assert prelude["headers"]["Content-Type"] == "text/plain"
            assert text.decode() == "".join(f"Hello {i} \n" for i in range(101))


def test_image(tmp_path: Path) -> None:
    with Emulator(tmp_path, FUNCTIONS / "image") as emulator:
        for _ in range(2):
            status, body = emulator.invoke((ROOT / "events" / "image.json").read_bytes())
            prelude, image = split(body)
            assert status == prelude["statusCode"] == 200
            assert image == (FUNCTIONS / "image" / "cat.jpg").read_bytes()


@pytest.mark.parametrize(
    ("source", "error_type"),
    [
        ("import no_such_module", "Runtime.ImportModuleError"),
        ("def handler(:", "Runtime.UserCodeSyntaxError"),
        ("other = 1", "Runtime.HandlerNotFound"),
        ("raise KeyError('at import')", "KeyError"),
    ],
)
def test_init_errors_reach_the_caller(tmp_path: Path, source: str, error_type: str) -> None:
    (tmp_path / "app.py").write_text(source)
    with Emulator(tmp_path, tmp_path) as emulator:
        status, body = emulator.invoke()
    assert status in (200, 502)
    assert json.loads(body)["errorType"] == error_type
