"""The console in Chromium, and what it does not let others do."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import chromium
from tests.support.runtime_process import ROOT
from tests.support.url_client import open_request, request
from tools.local_lambda_process import LocalLambda

COUNTER = "".join(f"Hello {i} \n" for i in range(101))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, local_lambda: LocalLambda) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"http://127.0.0.1:{local_lambda.port}/")
    expect(page.get_by_label("Function").locator("option").first).to_be_attached()
    yield page
    page.close()
    assert errors == []


def test_text_arrives_as_it_is_written(page: Page) -> None:
    page.get_by_label("Function").select_option("CounterFunction")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#text")).to_contain_text("Hello 3 ")
    assert "Hello 100" not in page.locator("#text").inner_text()  # not all at the end
    expect(page.get_by_role("status")).to_have_text("200, complete")
    assert page.locator("#text").text_content() == COUNTER
    assert "content-type: text/plain" in page.locator("#head").inner_text()
    expect(page.get_by_role("log")).to_contain_text("REPORT RequestId: ")
    assert page.locator("#bytes").inner_text() == "1.0 kB"
    assert page.locator("#total").inner_text().endswith(" s")
    # A line of the plot has a step for each piece.
    assert (page.locator("#plot path.line").get_attribute("d") or "").count("H") > 10


def test_an_image_sharpens_on_a_slow_network(page: Page) -> None:
    page.get_by_label("Function").select_option("ImageFunction")
    page.get_by_label("Network").select_option("Fast 3G")
    page.get_by_role("button", name="Send").click()
    image = page.get_by_role("img", name="as far as it has arrived")
    expect(image).to_be_visible()
    early = image.screenshot()
    assert "arriving" in page.get_by_role("status").inner_text()
    expect(page.get_by_role("status")).to_have_text("200, complete", timeout=20_000)
    assert image.evaluate("image => image.naturalWidth") == 1804
    assert image.screenshot() != early


def test_by_the_keyboard_and_in_the_dark(page: Page) -> None:
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.get_by_label("Function").select_option("CounterFunction")
    page.get_by_label("Path and query").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_contain_text("Hello 1 ")
    page.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("stopped")
    fields = "[...document.querySelectorAll('select, input, textarea')]"
    assert page.evaluate(f"{fields}.every(field => field.labels.length)")


def test_a_request_with_everything(page: Page) -> None:
    page.get_by_label("Function").select_option("ImageFunction")
    page.get_by_text("Headers and body").click()
    page.get_by_label("Headers, one a line").fill("Range: bytes=0-9")
    page.get_by_label("Path and query").fill("/cat.jpg?a=1")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("206, complete")
    assert page.locator("#bytes").inner_text() == "10 B"


def test_what_is_asked_for(local_lambda: LocalLambda) -> None:
    api = f"http://127.0.0.1:{local_lambda.port}"
    functions = request(api, "/console/functions").json
    assert {one["name"]: one["url"] for one in functions} == local_lambda.urls
    headers = {"X-Local-Lambda-Console": "1", "Origin": api}
    connection, response = open_request(api, "/console/proxy/CounterFunction/?x=1", headers=headers)
    assert response.readline() == b"Hello 0 \n"  # long before the last
    assert response.read().endswith(b"Hello 100 \n")
    connection.close()
    path = f"/console/log/{response.headers['x-amzn-RequestId']}"
    log = request(api, path).json
    while not log["complete"]:
        log = request(api, path).json
    assert log["lines"][0].startswith("START RequestId: ")
    assert request(api, "/console/log/unknown").status == 404
    assert request(api, "/console/log/00").json == {"lines": [], "complete": False}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),  # no page of another origin can send the console's header without being asked first
        ({"X-Local-Lambda-Console": "1", "Origin": "http://evil.example"}, 403),
        ({"X-Local-Lambda-Console": "1", "Host": "evil.example:3000"}, 403),
    ],
)
def test_who_may_not(local_lambda: LocalLambda, headers: dict[str, str], status: int) -> None:
    api = f"http://127.0.0.1:{local_lambda.port}"
    assert request(api, "/console/proxy/CounterFunction/", headers=headers).status == status
    if "Host" in headers:
        assert request(api, "/", headers=headers).status == 403


def test_the_page_has_nothing_of_others(local_lambda: LocalLambda) -> None:
    answer = request(f"http://127.0.0.1:{local_lambda.port}", "/")
    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for file in (ROOT / "local_lambda" / "console").iterdir():
        assert "https://" not in file.read_text()
    for path in ("/console/../plan.py", "/console/nothing.js", "/console/console.py"):
        assert request(f"http://127.0.0.1:{local_lambda.port}", path).status in (403, 404)
    assert json.loads(request(f"http://127.0.0.1:{local_lambda.port}", "/nothing").body)
