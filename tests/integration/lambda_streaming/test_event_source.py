"""What a browser's EventSource, and httpx-sse, read of a function that sends events."""

from __future__ import annotations

import json
import random
import re
import shutil
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse
from playwright.sync_api import Page

from tests.support.chromium import chromium
from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda

# Reads events until `last` has come; an EventSource that is not closed would start over.
READ = """
([path, last]) => new Promise((done, fail) => {
  const read = [];
  const source = new EventSource(path);
  const note = (event) => {
    read.push([event.type, event.data, event.lastEventId]);
    if (event.type === last) { source.close(); done(read); }
  };
  source.onerror = () => { if (source.readyState === 2) fail(new Error("no stream of events")); };
  for (const type of ["message", "token", "end", "error", "continue"])
    source.addEventListener(type, (event) => { if (event.data !== undefined) note(event); });
})
"""
LAYER = ROOT / "layers" / "opt"
LAST = 30
# Characters that parsers have been seen to trip over, and what JSON may hold.
_ALPHABET = [
    "\r\n",
    "\r",
    "\n",
    " ",
    ":",
    "\t",
    "\0",
    "\x0b",
    "\x85",
    "\u2028",
    "\ufeff",
    "é",
    "😀",
    "data",
    "a",
]


def _given() -> list[dict[str, Any]]:
    rng = random.Random(7)

    def text(alphabet: list[str]) -> str:
        return "".join(rng.choice(alphabet) for _ in range(rng.randrange(8)))

    line = [character for character in _ALPHABET if character not in ("\r\n", "\r", "\n", "\0")]
    given: list[dict[str, Any]] = [{"data": character} for character in ["", *_ALPHABET]]
    for _ in range(200):
        fields = {"data": text(_ALPHABET), "event": rng.choice([None, "token", "message", ""])}
        given.append({**fields, "id": rng.choice([None, text(line)])})
    return given


GIVEN = _given()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    directory = tmp_path_factory.mktemp("events")
    shutil.copytree(ROOT / "tests" / "fixtures" / "events", directory, dirs_exist_ok=True)
    template = (directory / "template.yaml").read_text().replace("../../../layers/opt", str(LAYER))
    (directory / "template.yaml").write_text(template)
    (directory / "given.json").write_text(json.dumps(GIVEN))
    with LocalLambda(directory / "template.yaml") as running:
        yield running


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page()


def read(page: Page, url: str, path: str, last: str = "end") -> list[list[str]]:
    page.goto(url)
    found: list[list[str]] = page.evaluate(READ, [path, last])
    return found


def test_a_browser_reads_what_was_meant(page: Page, served: LocalLambda) -> None:
    """Pings between them included: they are no events."""
    expected, last_id = [], ""
    for fields in GIVEN:
        last_id = last_id if fields.get("id") is None else fields["id"]
        expected.append([fields.get("event") or "message", re.sub("\r\n?", "\n", fields["data"]), last_id])
    assert read(page, served.urls["EventsFunction"], "/listed") == [*expected, ["end", "", last_id]]


def test_a_browser_is_told_of_a_failure(page: Page, served: LocalLambda) -> None:
    one, error = read(page, served.urls["EventsFunction"], "/fails", "error")
    assert (one, error[0]) == (["message", "one", "1"], "error")
    document = json.loads(error[1])
    assert document["message"] == "The stream has failed"
    served.wait_for("ValueError: nobody's business")
    assert f"RequestId: {document['requestId']}" in served.output


def test_the_id_comes_back(page: Page, served: LocalLambda) -> None:
    """The first stream's end is not waited for: the browser reconnects, as it does when a stream is cut."""
    page.goto(served.urls["EventsFunction"])
    said = page.evaluate("""
        () => new Promise((done) => {
          const source = new EventSource("/id");
          source.onmessage = (event) => {
            if (event.data !== "first") { source.close(); done(event.data); }
          };
        })
    """)
    assert json.loads(said) == {"went on from": "é ☃/1"}


def test_a_browser_goes_on_by_itself_where_the_function_s_time_was_up(
    page: Page, served: LocalLambda
) -> None:
    before = served.output.count("REPORT")
    events = read(page, served.urls["ShortFunction"], "/count")
    counted = [data for kind, data, _ in events if kind == "message"]
    assert counted == [str(number) for number in range(1, LAST + 1)]
    marks = [(kind, last_id) for kind, _, last_id in events if kind != "message"]
    assert marks[-1] == ("end", str(LAST))
    assert len(marks) >= 2  # it took more than one invocation
    assert {kind for kind, _ in marks[:-1]} == {"continue"}
    served.wait_for("REPORT")
    assert served.output.count("REPORT") >= before + 2
    assert "timed out" not in served.output


def test_a_client_of_ones_own_goes_on_in_the_next_invocation(served: LocalLambda) -> None:
    counted: list[str] = []
    last_id, marks = "", []
    with httpx.Client(timeout=30) as client:
        while "end" not in marks:
            headers = {"Last-Event-ID": last_id} if last_id else {}
            with connect_sse(
                client, "GET", served.urls["ShortFunction"] + "count", headers=headers
            ) as source:
                for event in source.iter_sse():
                    if event.event == "message":
                        counted.append(event.data)
                    else:
                        marks.append(event.event)
                    if event.event == "continue":
                        last_id = event.json()["lastEventId"]
    assert counted == [str(number) for number in range(1, LAST + 1)]
    assert marks[-1] == "end"
    assert marks[:-1] == ["continue"] * len(marks[:-1])
    assert len(marks) >= 2


def test_an_idle_stream_is_heard_of(served: LocalLambda) -> None:
    """No gap is as long as the source's own of a second."""
    times, data = [time.monotonic()], b""
    with httpx.stream("GET", served.urls["EventsFunction"] + "idle", timeout=30) as response:
        for piece in response.iter_raw():
            if b"data: one" in data:
                times.append(time.monotonic())
            data += piece
    assert data.count(b": ping\n\n") >= 2
    assert data.replace(b": ping\n\n", b"") == b"data: one\n\ndata: two\n\nevent: end\ndata: \n\n"
