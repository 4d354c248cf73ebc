"""README.md's Python runs as it stands, and streams what it shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.http_events import url_event
from tests.support.page_examples import examples
from tests.support.runtime_process import RuntimeProcess

EXAMPLES = examples("README.md")
EXPECTED = {
    "counter": ("text/plain", "".join(f"Hello {i} \n" for i in range(101))),
    "events": ("text/event-stream", "data: Hello\n\ndata: world\n\n"),
    "asgi": ("application/json", json.dumps({"hello": "world"}, separators=(",", ":"))),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(tmp_path: Path, name: str) -> None:
    with RuntimeProcess(tmp_path, EXAMPLES[name]) as runtime:
        prelude, body = runtime.invoke(url_event()).streamed
    headers = {key.lower(): value for key, value in prelude["headers"].items()}
    assert (prelude["statusCode"], headers["content-type"], body.decode()) == (200, *EXPECTED[name])
