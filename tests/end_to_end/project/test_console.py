"""The project's own functions in the console, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import chromium
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
    expect(page.get_by_role("status")).to_have_text("200 OK, complete", timeout=20_000)
    assert page.locator("#text").text_content() == COUNTER
    assert "Content-Type: text/plain" in page.locator("#head").inner_text()
    expect(page.get_by_role("log")).to_contain_text("REPORT RequestId: ")
    assert page.locator("#bytes").inner_text() == "1.0 kB"
    assert page.locator("#total").inner_text().endswith(" s")
    # A line of the plot has a step for each chunk.
    assert (page.locator("#plot path.line").get_attribute("d") or "").count("H") > 10


def test_an_image_sharpens_on_a_slow_network(page: Page) -> None:
    page.get_by_label("Function").select_option("ImageFunction")
    page.get_by_label("Network").select_option("Fast 3G")
    page.get_by_role("button", name="Send").click()
    image = page.get_by_role("img", name="as far as it has arrived")
    expect(image).to_be_visible()
    early = image.screenshot()
    assert "arriving" in page.get_by_role("status").inner_text()
    expect(page.get_by_role("status")).to_have_text("200 OK, complete", timeout=20_000)
    assert image.evaluate("image => image.naturalWidth") == 1804
    assert image.screenshot() != early


def test_in_the_dark(page: Page) -> None:
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_phone_has_room_for_it(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_part_of_a_file(page: Page) -> None:
    page.get_by_label("Function").select_option("ImageFunction")
    page.get_by_text("Headers and body").click()
    page.get_by_label("Headers, one a line").fill("Range: bytes=0-9")
    page.get_by_label("Path and query").fill("/cat.jpg?a=1")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("206 Partial Content, complete")
    assert page.locator("#bytes").inner_text() == "10 B"
