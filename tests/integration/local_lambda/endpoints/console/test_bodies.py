"""Each body as what it is, never as mojibake, and nothing of it runs in the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.integration.local_lambda.endpoints.console.console_page import ConsolePage


def show(console: ConsolePage, path: str) -> None:
    console.send("BodyFunction", path)
    expect(console.status).to_have_text("200 OK, complete")


def choices(console: ConsolePage) -> list[str]:
    return console.page.locator("#view option").all_inner_texts()


def test_json_with_a_line_for_each_value_and_every_number_as_it_was_written(console: ConsolePage) -> None:
    show(console, "/json")
    pretty = """{
  "id": 12345678901234567890,
  "a": [
    1,
    2.50
  ],
  "empty": {},
  "text": "a, b: {c}"
}"""
    expect(console.text).to_have_text(pretty)
    assert console.text.text_content() == pretty
    console.page.get_by_label("Show the response as").select_option("Text")
    expect(console.text).to_contain_text('{"id": 12345678901234567890, "a": [1, 2.50], "empty"')


def test_json_that_is_none_as_text(console: ConsolePage) -> None:
    show(console, "/broken.json")
    assert console.text.text_content() == '{"a": [1,'


def test_server_sent_events_as_a_table_with_times(console: ConsolePage) -> None:
    show(console, "/events")
    table = console.page.get_by_role("table", name="Server-sent events")
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(4)
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    assert [row[1:] for row in cells] == [
        ["", "", ": warm"],
        ["token", "1", '{"t": "Hello"}'],
        ["message", "", "two\nlines"],
        ["message", "", "open\nno empty line follows: clients do not see it"],
    ]
    assert all(row[0].endswith("s") for row in cells)
    assert choices(console) == ["Events", "Text", "Bytes"]


def test_html_in_a_frame_where_nothing_runs(console: ConsolePage) -> None:
    outcomes: list[tuple[str, str | None]] = []
    console.page.on("requestfailed", lambda request: outcomes.append((request.url, request.failure)))
    console.page.on("requestfinished", lambda request: outcomes.append((request.url, None)))
    title = console.page.title()
    show(console, "/html")
    frame = console.page.frame_locator("#frame")
    expect(frame.get_by_text("item 1")).to_be_visible()
    expect(frame.get_by_role("heading")).to_have_text("Report")
    assert frame.get_by_role("heading").evaluate("h1 => getComputedStyle(h1).color") == "rgb(1, 2, 3)"
    assert console.page.title() == title
    assert console.page.locator("#frame").get_attribute("sandbox") == ""
    assert console.run("document.querySelector('#frame').contentDocument") is None
    assert [how for url, how in outcomes if "beacon" in url] == ["csp"]
    console.page.get_by_label("Show the response as").select_option("Text")
    expect(console.text).to_contain_text("<h1>Report</h1>")


def test_markup_in_text_stays_text(console: ConsolePage) -> None:
    show(console, "/markup")
    assert (console.text.text_content() or "").endswith("<b>bold</b>")
    assert console.response.locator("img, b").count() == 0


def test_another_charset(console: ConsolePage) -> None:
    show(console, "/latin1")
    expect(console.text).to_have_text("Grüße")


@pytest.mark.parametrize(
    ("path", "bytes_shown", "letters"),
    [("/lies", "63 61 66 e9 20 ff fe 0a", "caf· ··"), ("/binary", "00 01 02 03", "0123456789")],
)
def test_bytes_that_are_no_text_as_bytes(
    console: ConsolePage, path: str, bytes_shown: str, letters: str
) -> None:
    show(console, path)
    dump = console.page.locator("#hex")
    expect(dump).to_contain_text(bytes_shown)
    expect(dump).to_contain_text(letters)
    assert "�" not in console.response.inner_text()


def test_text_without_a_type(console: ConsolePage) -> None:
    show(console, "/unnamed")
    expect(console.text).to_have_text("plain words with no type")


def test_an_image(console: ConsolePage) -> None:
    show(console, "/image")
    image = console.page.get_by_role("img", name="as far as it has arrived")
    expect(image).to_be_visible()
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [64, 48]


def test_what_is_said_to_be_an_image_and_is_none(console: ConsolePage) -> None:
    show(console, "/no-image")
    expect(console.page.locator("#hex")).to_contain_text("89 50 4e 47")


def test_a_long_one_is_cut_with_a_word_and_can_be_downloaded(console: ConsolePage, tmp_path: Path) -> None:
    show(console, "/long")
    expect(console.text).to_contain_text("beginning")
    expect(console.text).to_contain_text("the end")
    expect(console.text).to_contain_text("are left out here: Download has the whole response")
    assert len(console.text.text_content() or "") < 420_000
    with console.page.expect_download() as download:
        console.page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "long.txt"
    saved = tmp_path / "saved"
    download.value.save_as(saved)
    lines = "".join(f"{i:07} {'x' * 91}\n" * 1000 for i in range(12))
    assert saved.read_text() == f"beginning\n{lines}the end\n"
