"""What somebody does at the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page, Request, expect


@contextmanager
def errors_of(page: Page) -> Iterator[list[str]]:
    """The errors that the page meets meanwhile; files that do not come are shown where a test fails."""
    errors: list[str] = []

    def note(error: Error) -> None:
        errors.append(str(error))

    def tell(request: Request) -> None:
        print("the browser got no", request.url, request.failure)

    page.on("pageerror", note)
    page.on("requestfailed", tell)
    yield errors
    page.remove_listener("pageerror", note)
    page.remove_listener("requestfailed", tell)


class ConsolePage:
    """The page at a local Lambda's address."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, fragment: str = "") -> ConsolePage:
        """Load it; return when it knows the functions."""
        self.page.goto(f"{self.address}/{fragment}")
        expect(self.page.locator("#function option").first).to_be_attached()
        return self

    def send(self, function: str, path: str | None = None, method: str = "GET") -> None:
        """Choose, type, and press Send."""
        self.page.get_by_label("Function").select_option(function)
        if path is not None:
            self.page.get_by_label("Method").select_option(method)
            self.page.get_by_label("Path and query").fill(path)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def send_gated(self, gate: Path) -> None:
        """Send a request to the function that waits for the gate's files."""
        self.send("GatedFunction", f"/?gate={gate}")

    def stop(self) -> None:
        self.page.get_by_role("button", name="Stop", exact=True).click()

    @property
    def status(self) -> Locator:
        return self.page.locator("#status")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def response(self) -> Locator:
        return self.page.get_by_role("region", name="Response")

    @property
    def text(self) -> Locator:
        return self.page.locator("#text")

    @property
    def headers(self) -> Locator:
        return self.page.get_by_role("region", name="Headers")

    def run(self, script: str, argument: Any = None) -> Any:
        """Evaluate something in the page."""
        return self.page.evaluate(script, argument)
