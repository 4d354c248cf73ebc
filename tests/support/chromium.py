"""Chromium, where this machine has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from tools.chromium import OPTIONS, executable


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser. Without one the test skips."""
    path = executable()
    if path is None:
        pytest.skip("needs Chromium: no chromium, chromium-browser or google-chrome on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()
