"""The examples of docs/scale.md, in processes and in one that is shared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.page_examples import examples
from tests.support.runtime_process import RuntimeProcess

EXAMPLES = examples("docs/scale.md")
SHARED = {"AWS_LAMBDA_MAX_CONCURRENCY": "3", "LAMBDA_STREAMING_SHARED": "1", "AWS_LAMBDA_LOG_FORMAT": "JSON"}


@pytest.mark.parametrize("environment", [{}, SHARED], ids=["alone", "shared"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(tmp_path: Path, name: str, environment: dict[str, str]) -> None:
    with RuntimeProcess(tmp_path, EXAMPLES[name], environment=environment) as runtime:
        for number in range(3):
            runtime.api.invoke(headers={"Lambda-Runtime-Trace-Id": f"Root=1-{number}"})
        bodies = [runtime.answer().streamed[1].decode() for _ in range(3)]
        log = runtime.log
    assert bodies == [{"tokens": "Hello world", "in_a_thread": EXAMPLES["in_a_thread"]}[name]] * 3
    if name == "tokens" and environment:
        messages = sorted(json.loads(line)["message"] for line in log.splitlines())
        assert messages == [f"serving Root=1-{number}" for number in range(3)]
