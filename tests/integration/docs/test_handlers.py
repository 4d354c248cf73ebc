"""The examples of docs/handlers.md do what the page says."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.http_events import url_event
from tests.support.page_examples import examples
from tests.support.runtime_api_server import Exchange
from tests.support.runtime_process import LAYER, RuntimeProcess

EXAMPLES = examples("docs/handlers.md")


def run(name: str, tmp_path: Path, event: dict[str, Any] | None = None) -> Exchange:
    with RuntimeProcess(tmp_path, EXAMPLES[name]) as runtime:
        runtime.api.invoke(event or url_event())
        return runtime.answer()


@pytest.mark.parametrize(
    ("name", "query", "content_type", "body"),
    [
        ("stream", "", "text/plain", "one, two"),
        ("context", "", "text/plain", "one, two"),
        ("generator", "", "text/csv", "0,0\n1,1\n2,4\n"),
        (
            "events",
            "",
            "text/event-stream",
            "event: token\ndata: Hello\n\nevent: token\ndata: world\n\nevent: end\ndata: \n\n",
        ),
        ("pipeline", "", "text/x-python", EXAMPLES["pipeline"]),
        ("csv", "", "text/csv", "0,0\r\n1,1\r\n2,4\r\n"),
        ("asgi", "name=world", "text/plain; charset=utf-8", "Hello, world"),
        ("wsgi", "name=world", "text/plain", "Hello, world"),
        ("types", "", "text/plain", "GET /"),
    ],
)
def test_examples(tmp_path: Path, name: str, query: str, content_type: str, body: str) -> None:
    prelude, sent = run(name, tmp_path, url_event(query=query)).streamed
    headers = {key.lower(): value for key, value in prelude["headers"].items()}
    assert (prelude["statusCode"], headers["content-type"], sent.decode()) == (200, content_type, body)
    assert prelude.get("cookies") == (["seen=1"] if name == "stream" else None)


def test_the_returned_file(tmp_path: Path) -> None:
    answer = run("file", tmp_path)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.body.decode() == EXAMPLES["file"]


def test_the_returned_response(tmp_path: Path) -> None:
    prelude, body = run("response", tmp_path).streamed
    assert (prelude["statusCode"], body) == (200, base64.b64decode("iVBORw0KGgo="))
    prelude, body = run("response", tmp_path, url_event("/elsewhere")).streamed
    assert (prelude["statusCode"], body) == (404, b"Not here\n")


def test_the_archive(tmp_path: Path) -> None:
    _, body = run("zip", tmp_path).streamed
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["0.txt", "1.txt", "2.txt"]


def test_the_errors(tmp_path: Path) -> None:
    def with_rows(rows: str) -> Exchange:
        return run("error", tmp_path, {**url_event(), "queryStringParameters": {"rows": rows}})

    assert with_rows("4").body == b"rows\n25\nend\n"
    early = with_rows("many")
    assert (early.path.rpartition("/")[2], early.json["errorType"]) == ("error", "ValueError")
    late = with_rows("0")
    document = json.loads(base64.b64decode(late.trailers["lambda-runtime-function-error-body"]))
    assert (late.body, document["errorType"]) == (b"rows\n", "ZeroDivisionError")


def test_a_test_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(EXAMPLES["error"])
    (tmp_path / "test_app.py").write_text(EXAMPLES["testing"])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py"]
    environment = {**os.environ, "PYTHONPATH": str(LAYER)}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert "1 passed" in run.stdout
