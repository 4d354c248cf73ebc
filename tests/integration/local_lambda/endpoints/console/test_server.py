"""The server comes and goes, and serves nobody but the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from botocore.eventstream import EventStreamBuffer
from playwright.sync_api import Page, Route, expect

from tests.integration.local_lambda.endpoints.console.console_page import ConsolePage
from tests.support.runtime_process import LAYER, ROOT
from tests.support.url_client import open_request, request
from tools.local_lambda_process import LocalLambda

HEADERS = {"X-Local-Lambda-Console": "1", "Content-Type": "application/json"}
NO_URL = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Layer:
    Type: AWS::Serverless::LayerVersion
    Metadata: {{BuildMethod: python3.11}}
    Properties: {{ContentUri: {layer}}}
  OnlyFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: app.handler
      CodeUri: .
      Layers: [!Ref Layer]
      Environment: {{Variables: {{AWS_LAMBDA_EXEC_WRAPPER: /opt/python/streaming-bootstrap}}}}
"""


@pytest.fixture
def no_url(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return {'got': event}\n")
    template = tmp_path / "template.yaml"
    template.write_text(NO_URL.format(layer=LAYER))
    return template


def test_a_template_without_urls_and_a_server_that_goes_and_comes_back(page: Page, no_url: Path) -> None:
    with LocalLambda(no_url, ports=3) as running:
        console = ConsolePage(page, f"http://127.0.0.1:{running.port}").open()
        console.send("OnlyFunction")
        expect(console.status).to_have_text("200 OK, complete")
        expect(console.text).to_have_text('{"got": {}}')
        port = running.port
        running.stop()
        gone = page.locator("#server")
        expect(gone).to_contain_text("The local Lambda does not answer")
        console.page.get_by_role("button", name="Send", exact=True).click()
        expect(console.status).to_have_text("The connection to the local Lambda broke.")
    function = "  AnotherFunction:" + NO_URL.split("  OnlyFunction:")[1].format(layer=LAYER)
    no_url.write_text(no_url.read_text() + function)
    with LocalLambda(no_url, "--port", str(port), ports=3):
        expect(gone).to_be_empty()
        expect(page.locator("#function option")).to_have_text(
            ["OnlyFunction  (no URL)", "AnotherFunction  (no URL)"]
        )
        console.page.get_by_role("button", name="Send", exact=True).click()
        expect(console.status).to_have_text("200 OK, complete")


@pytest.mark.parametrize("file", ["console.css", "console.js", "run.js"])
def test_a_page_of_which_a_file_has_not_come_is_loaded_again(
    page: Page, console_lambda: LocalLambda, file: str
) -> None:
    def lose(route: Route) -> None:
        route.abort("connectionaborted")
        page.unroute(f"**/{file}")

    page.route(f"**/{file}", lose)
    with page.expect_response(f"**/{file}"):
        page.goto(f"http://127.0.0.1:{console_lambda.port}/#name=EchoFunction")
    expect(page.locator("#function")).to_have_value("EchoFunction")
    console = ConsolePage(page, "")
    console.send("EchoFunction", "/")
    expect(console.status).to_have_text("200 OK, complete")


def test_an_incomplete_page_whose_server_is_gone_says_so(page: Page, console_lambda: LocalLambda) -> None:
    address = f"http://127.0.0.1:{console_lambda.port}"
    page.route("**/run.js", lambda route: route.abort("connectionaborted"))
    page.route("**/functions", lambda route: route.abort("connectionrefused"))
    page.goto(address)
    expect(page.locator("#server")).to_contain_text("Not all of this page has come.")
    page.unroute_all()
    expect(page.locator("#function option").first).to_be_attached()
    expect(page.locator("#server")).to_be_empty()


def messages(data: bytes) -> list[tuple[str, bytes]]:
    """Read them with botocore."""
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return [
        (str(message.to_response_dict()["headers"][":event-type"]), message.payload) for message in buffer
    ]


def test_what_the_page_is_sent(console_lambda: LocalLambda) -> None:
    api = f"http://127.0.0.1:{console_lambda.port}"
    body = json.dumps({"name": "StatusFunction", "path": "/after"}).encode()
    response = request(api, "/console/send", "POST", body, {**HEADERS, "Origin": api})
    types = [kind for kind, _ in messages(response.body)]
    assert types == ["Invocation", "Head", "PayloadChunk", "End"]
    request_id = json.loads(messages(response.body)[0][1])["requestId"]
    connection, log = open_request(api, f"/console/log/{request_id}")
    lines = [json.loads(line) for line in log.read().splitlines()]
    connection.close()
    assert lines[0]["line"].startswith("START RequestId: ")
    assert lines[-1]["error"]["type"] == "ValueError" or "ValueError" in lines[-1]["error"]["body"]
    assert request(api, "/console/log/00000000-0000-0000-0000-000000000000").status == 404


@pytest.mark.parametrize(
    ("document", "status", "said"),
    [
        (b"{}", 400, b"Expected the console's JSON"),
        (b"[", 400, b"Expected the console's JSON"),
        (b'{"name": "Nobody", "path": "/"}', 400, b"Nobody is not served any more"),
        (b'{"name": "Nobody", "path": "/", "event": true}', 400, b"Nobody is not served any more"),
        (b'{"name": "EchoFunction", "path": "/", "headers": [["a b", "c"]]}', 400, b"no header name"),
        (b'{"name": "EchoFunction", "path": "/", "headers": [["a", "c\\nd"]]}', 400, b"control character"),
        (b'{"name": "EchoFunction", "path": "/", "network": "none"}', 400, b"no network"),
        (b'{"name": "EchoFunction", "path": "/", "method": "G T"}', 400, b"no HTTP method"),
    ],
)
def test_what_cannot_be_sent(console_lambda: LocalLambda, document: bytes, status: int, said: bytes) -> None:
    api = f"http://127.0.0.1:{console_lambda.port}"
    response = request(api, "/console/send", "POST", document, HEADERS)
    assert response.status == status
    assert said in response.body


@pytest.mark.parametrize(
    "headers",
    [
        {},  # no page of another origin can send the console's header without being asked first
        {**HEADERS, "Origin": "http://evil.example"},
        {**HEADERS, "Host": "evil.example:3000"},
    ],
)
def test_who_may_not(console_lambda: LocalLambda, headers: dict[str, str]) -> None:
    api = f"http://127.0.0.1:{console_lambda.port}"
    body = b'{"name": "EchoFunction", "path": "/"}'
    assert request(api, "/console/send", "POST", body, headers).status == 403
    if "Host" in headers:
        for path in ("/", "/console/functions", "/console/events"):
            assert request(api, path, headers=headers).status == 403


def test_a_browser_keeps_the_files_of_the_page_and_not_the_page(
    page: Page, console_lambda: LocalLambda
) -> None:
    console = ConsolePage(page, f"http://127.0.0.1:{console_lambda.port}").open()
    page.goto("about:blank")
    console.open()
    sent = "(type) => performance.getEntriesByType(type).map((one) => [one.name, one.transferSize])"
    sizes = {name: size for name, size in console.run(sent, "resource") if re.search(r"\.(js|css)$", name)}
    assert len(sizes) > 20
    assert set(sizes.values()) == {0}, "of a browser's own copy nothing is sent"
    [(_, size)] = console.run(sent, "navigation")
    assert size > 0


def test_the_page_has_nothing_of_others(console_lambda: LocalLambda) -> None:
    api = f"http://127.0.0.1:{console_lambda.port}"
    response = request(api, "/")
    assert response.status == 200
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ")
    files = list((ROOT / "local_lambda" / "endpoints" / "console" / "page").iterdir())
    assert len(files) > 20
    for file in files:
        text = file.read_text()
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text
        if file.suffix != ".html":
            served = request(api, f"/console/{file.name}")
            assert (served.status, served.body) == (200, text.encode())
    for path in (
        "/console/../handler.py",
        "/console/nothing.js",
        "/console/handler.py",
        "/console/events/../x.json",
    ):
        assert request(api, path).status in (403, 404)
    assert request(api, "/console/events").json == ["url.json", "worker.json"]


def test_html_is_served_with_a_policy_that_lets_nothing_run(console_lambda: LocalLambda) -> None:
    api = f"http://127.0.0.1:{console_lambda.port}"
    body = json.dumps({"name": "BodyFunction", "path": "/html"}).encode()
    sent = messages(request(api, "/console/send", "POST", body, HEADERS).body)
    request_id = json.loads(sent[0][1])["requestId"]
    response = request(api, f"/console/html/{request_id}")
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; ")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.body == b"".join(payload for kind, payload in sent if kind == "PayloadChunk")
    assert request(api, "/console/html/00000000-0000-0000-0000-000000000000").status == 404
