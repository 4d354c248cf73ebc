"""What `curl -N` printed, and what the console showed, each with the seconds since both began."""

import os
import pty
import subprocess
import threading
import time
from dataclasses import dataclass

from playwright.sync_api import Page

_MOST_SECONDS = 30.0


@dataclass(frozen=True)
class Shot:
    """A picture of the console, as PNG."""

    seconds: float
    png: bytes


class Curl:
    """A real curl on a terminal of its own. ``printed`` has the seconds and the text of each piece."""

    def __init__(self, url: str, started: float) -> None:
        self.command = f"curl -N {url}"
        self.printed: list[tuple[float, str]] = []
        self._started = started
        self._terminal, other_end = pty.openpty()
        self._process = subprocess.Popen(
            ["curl", "-s", "-N", url], stdin=subprocess.DEVNULL, stdout=other_end, stderr=other_end
        )
        os.close(other_end)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait(self) -> None:
        """Return when it has ended."""
        self._process.wait(_MOST_SECONDS)
        self._reader.join(_MOST_SECONDS)

    def until(self, seconds: float) -> str:
        """Return what had been printed by then."""
        return "".join(text for when, text in self.printed if when <= seconds)

    def _read(self) -> None:
        with os.fdopen(self._terminal, "rb", buffering=0) as terminal:
            while data := _read_some(terminal.fileno()):
                self.printed.append((time.monotonic() - self._started, data.decode().replace("\r", "")))


def _read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so when the last process has closed its end
        return b""


def record(page: Page, url: str) -> tuple[Curl, list[Shot]]:
    """Send what the console shows, start curl at the same moment, and watch until both are complete."""
    started = time.monotonic()
    shots = [Shot(0.0, page.screenshot())]
    started = time.monotonic()
    curl = Curl(url, started)
    page.locator("#send").click()
    while page.locator("#stop").is_enabled() and time.monotonic() - started < _MOST_SECONDS:
        before = time.monotonic() - started
        shots.append(Shot(before, page.screenshot()))
    page.get_by_role("log").get_by_text("REPORT").wait_for()
    page.wait_for_timeout(300)  # the last piece of the image is decoded and drawn
    shots.append(Shot(time.monotonic() - started, page.screenshot()))
    curl.wait()
    return curl, shots
