"""Bytes over time: ticks, the first byte, a dot for each chunk, and another run under it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.integration.local_lambda.endpoints.console.console_page import ConsolePage


def test_one_run_and_another_under_it(console: ConsolePage) -> None:
    console.send("BodyFunction", "/events")
    expect(console.status).to_have_text("200 OK, complete")
    plot = console.page.locator("#plot")
    expect(plot.locator("circle")).to_have_count(4)
    expect(plot.locator("text.first")).to_contain_text("first byte ")
    labels = plot.locator("text:not(.first)").all_text_contents()
    assert "0 B" in labels
    assert any(label.endswith("s") for label in labels)
    assert plot.locator("path.line").count() == 1
    assert "4 chunks" in (plot.get_attribute("aria-label") or "")
    room = console.page.locator(".progress").bounding_box()
    drawn = plot.bounding_box()
    assert room is not None
    assert drawn is not None
    assert drawn["width"] > 0.9 * room["width"]
    console.send("BodyFunction", "/latin1")
    expect(console.status).to_have_text("200 OK, complete")
    expect(plot.locator("path.other")).to_have_count(1)
    console.page.get_by_label("Compare with").select_option("nothing")
    expect(plot.locator("path.other")).to_have_count(0)
