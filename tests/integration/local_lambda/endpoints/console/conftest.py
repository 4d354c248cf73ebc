"""The console in Chromium, at a local Lambda that serves functions made for its tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.integration.local_lambda.endpoints.console.console_page import ConsolePage, errors_of
from tests.support.chromium import chromium
from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda

TEMPLATE = ROOT / "tests" / "fixtures" / "console" / "template.yaml"

expect.set_options(timeout=60_000)  # a cold start on a busy machine takes long


@pytest.fixture(scope="session")
def console_lambda() -> Iterator[LocalLambda]:
    with LocalLambda(TEMPLATE, ports=10) as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for this directory: while Playwright runs, no other test of the process can use asyncio."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """With one page, which all tests use: a page of its own takes Chromium half as much again."""
    context = browser.new_context(viewport={"width": 1200, "height": 1000})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.new_page()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that has nothing of other tests, and must have met no error at the end."""
    [page] = context.pages
    with errors_of(page) as errors:
        yield page
    _, *others = context.pages
    for other in others:
        other.close()
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear()")
    page.goto("about:blank")
    assert errors == []


@pytest.fixture
def console(page: Page, console_lambda: LocalLambda) -> ConsolePage:
    """The page, when it knows the functions."""
    return ConsolePage(page, f"http://127.0.0.1:{console_lambda.port}").open()


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A directory whose files let the gated function go on."""
    directory = tmp_path / "gate"
    directory.mkdir()
    return directory
