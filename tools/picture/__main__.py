"""`python -m tools.picture` makes docs/streaming.gif, with which README opens, and docs/console.png.

They are recordings of this project's template: curl and the console side by side, as fast as they were.
"""

from __future__ import annotations

import html
from typing import Literal

from PIL.Image import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools import ROOT
from tools.chromium import OPTIONS, executable
from tools.local_lambda_process import LocalLambda
from tools.picture.animation import beside, save_gif
from tools.picture.recording import Curl, Shot, record

Scheme = Literal["dark", "light"]
_PORT = 3000
_FRAME_MS = 100
# Of the page's pixels; the picture has fewer.
_SCALE = 0.9
_HEIGHT = 905
_CONSOLE_WIDTH = 1080
_TERMINAL_WIDTH = 430
_TERMINAL_LINES = 38
_TERMINAL = """<style>
html {{ background: #0c0e11 }}
pre {{ margin: 13px 16px; color: #e8ebef; font: 17px/23px ui-monospace, monospace }}
b {{ color: #fbab4a }}
</style><pre>{}</pre>"""


def main() -> None:
    """Record, and write both pictures."""
    with (
        LocalLambda(ROOT / "template.yaml", "--port", str(_PORT)) as running,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=executable(), args=OPTIONS) as browser,
    ):
        address = f"http://127.0.0.1:{_PORT}/"
        _warm_up(_console(browser, address, _CONSOLE_WIDTH))
        _picture(browser, address)
        console = _console(browser, address, _CONSOLE_WIDTH)
        _choose(console, "ImageFunction", "Fast 3G")
        curl, shots = record(console, running.urls["CounterFunction"])
        save_gif(_frames(browser, curl, shots), _FRAME_MS, ROOT / "docs" / "streaming.gif")


def _warm_up(page: Page) -> None:
    """Let both functions have an environment: the picture is of streams, not of cold starts."""
    for function in ("CounterFunction", "ImageFunction"):
        _send(page, function, "No throttling")
        page.get_by_role("log").get_by_text("REPORT").wait_for()


def _picture(browser: Browser, address: str) -> None:
    """Save the console with the counter's stream in flight, beside one that was slower."""
    page = _console(browser, address, 1120, scheme="light", scale=1.0)
    _send(page, "CounterFunction", "Slow 3G")
    page.get_by_role("log").get_by_text("REPORT").wait_for()
    _send(page, "CounterFunction", "No throttling")
    page.locator("#text").get_by_text("Hello 60").wait_for()
    page.screenshot(path=ROOT / "docs" / "console.png")


def _send(page: Page, function: str, network: str) -> None:
    _choose(page, function, network)
    page.locator("#send").click()


def _choose(page: Page, function: str, network: str) -> None:
    page.get_by_label("Function").select_option(function)
    page.get_by_label("Network").select_option(network)


def _console(
    browser: Browser, address: str, width: int, *, scheme: Scheme = "dark", scale: float = _SCALE
) -> Page:
    page = _page(browser, width, scheme=scheme, scale=scale)
    page.goto(address)
    page.locator("#function option").first.wait_for(state="attached")
    return page


def _page(browser: Browser, width: int, *, scheme: Scheme = "dark", scale: float = _SCALE) -> Page:
    return browser.new_page(
        viewport={"width": width, "height": _HEIGHT}, device_scale_factor=scale, color_scheme=scheme
    )


def _frames(browser: Browser, curl: Curl, shots: list[Shot]) -> list[Image]:
    page, frames = _page(browser, _TERMINAL_WIDTH), []
    for number in range(int(shots[-1].seconds * 1000) // _FRAME_MS + 2):
        seconds = number * _FRAME_MS / 1000
        shot = [one for one in shots if one.seconds <= seconds][-1]
        frames.append(beside(_terminal(page, curl, seconds), shot.png))
    return frames


def _terminal(page: Page, curl: Curl, seconds: float) -> bytes:
    lines = curl.until(seconds).splitlines()[-_TERMINAL_LINES + 1 :]
    prompt = f"<b>$ {html.escape(curl.command)}</b>\n"
    page.set_content(_TERMINAL.format(prompt + html.escape("\n".join(lines))))
    return page.screenshot()


if __name__ == "__main__":
    main()
