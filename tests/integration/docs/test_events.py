"""The examples of docs/events.md do what the page says, its client included."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.http_events import url_event
from tests.support.page_examples import examples
from tests.support.runtime_process import ROOT, RuntimeProcess
from tools.local_lambda_process import LocalLambda

PAGE = "docs/events.md"
EXAMPLES = examples(PAGE)
END = "event: end\ndata: \n\n"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("tokens", f"event: token\ndata: Hello\n\nevent: token\ndata: world\n\n{END}"),
        ("on_the_context", f'data: Hello\n\nid: 1\ndata: {{"name": "world"}}\n\n{END}'),
        ("count", "".join(f"id: {n}\nretry: 500\ndata: {n}\n\n" for n in range(41, 101)) + END),
        ("fastapi", 'event: token\ndata: "Hello"\n\nevent: token\ndata: "world"\n\nevent: end\ndata: \n\n'),
    ],
)
def test_examples(tmp_path: Path, name: str, body: str) -> None:
    with RuntimeProcess(tmp_path, EXAMPLES[name]) as runtime:
        prelude, sent = runtime.invoke(url_event(last_event_id="40")).streamed
    headers = {key.lower(): value.partition(";")[0] for key, value in prelude["headers"].items()}
    assert (prelude["statusCode"], headers["content-type"]) == (200, "text/event-stream")
    assert sent.decode() == body
    assert headers.get("access-control-allow-origin") == ("*" if name == "on_the_context" else None)


def test_the_client_goes_on_to_the_end(tmp_path: Path) -> None:
    """In invocations of two seconds, of which the last is the margin."""
    (client,) = re.findall(r"```py\n(.*?)```", (ROOT / PAGE).read_text(), re.DOTALL)
    (tmp_path / "app.py").write_text(EXAMPLES["count"].replace("0.01", "0.02"))
    template = (ROOT / "tests" / "fixtures" / "events" / "template.yaml").read_text()
    template = template.replace("../../../layers/opt", str(ROOT / "layers" / "opt"))
    (tmp_path / "template.yaml").write_text(template.replace("app.count", "app.handler"))
    with LocalLambda(tmp_path / "template.yaml") as running:
        names: dict[str, Any] = {"url": running.urls["ShortFunction"]}
        exec(client, names)
        running.wait_for("REPORT")
        assert running.output.count("START") >= 2
    assert (names["last_id"], names["event"].event) == ("100", "end")
