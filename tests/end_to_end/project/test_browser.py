"""What a person sees in Chromium: text that grows, an image that sharpens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.chromium import chromium
from tools.local_lambda_process import LocalLambda

BETWEEN = 50  # milliseconds from look to look, so that the browser has time to do something
PICTURES = 300  # the same for a picture, which takes the CPU long


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 900, "height": 600})
    yield page
    page.close()


def loaded(page: Page) -> bool:
    state: str = page.evaluate("document.readyState")
    return state == "complete"


def test_text_grows(page: Page, local_lambda: LocalLambda) -> None:
    page.goto(local_lambda.urls["CounterFunction"], wait_until="commit")
    seen = set()
    while not loaded(page):
        seen.add(page.evaluate("document.body ? document.body.innerText.trim().split('\\n').length : 0"))
        page.wait_for_timeout(BETWEEN)
    lines = page.evaluate("document.body.innerText").splitlines()
    assert [line.strip() for line in lines if line.strip()] == [f"Hello {i}" for i in range(101)]
    # Not all at the end: several different lengths while it loads (how many is Chromium's own batching).
    assert len(seen - {0, 101}) >= 3, seen


def test_image_sharpens_for_a_slow_client(page: Page, local_lambda: LocalLambda) -> None:
    throttle = page.context.new_cdp_session(page)
    throttle.send("Network.enable")
    throttle.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": 40_000, "uploadThroughput": 40_000},
    )
    page.goto(local_lambda.urls["ImageFunction"] + "cat.jpg", wait_until="commit")
    pictures = []
    while not loaded(page):
        pictures.append(page.screenshot(timeout=10_000))
        page.wait_for_timeout(PICTURES)
    final = page.screenshot()
    distinct = list(dict.fromkeys([*pictures, final]))
    # 293 kB at 40 kB/s in several scans: the page is repainted again and again before the image is complete.
    assert len(distinct) >= 4, f"{len(distinct)} different pictures of {len(pictures)}"
    assert page.evaluate("document.images[0].naturalWidth") == 1804
