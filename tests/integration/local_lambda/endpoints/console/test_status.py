"""The status says what has happened, in words and in a colour."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.integration.local_lambda.endpoints.console.console_page import ConsolePage
from tools.local_lambda_process import LocalLambda


@pytest.mark.parametrize(
    ("status", "words", "tone"),
    [
        (200, "200 OK, complete", "good"),
        (204, "204 No Content, complete", "good"),
        (302, "302 Found, to /there", "moved"),
        (404, "404 Not Found, complete", "bad"),
        (500, "500 Internal Server Error, complete", "broken"),
    ],
)
def test_words_and_colour(console: ConsolePage, status: int, words: str, tone: str) -> None:
    console.send("StatusFunction", f"/{status}")
    expect(console.status).to_have_text(words)
    expect(console.status).to_have_class(tone)
    expect(console.response).to_have_text("The response has no body.")


def test_each_colour_is_another_one(console: ConsolePage) -> None:
    colours = console.run(
        """() => ["good", "moved", "bad", "broken"].map((tone) => {
            document.querySelector("#status").className = tone;
            return getComputedStyle(document.querySelector("#status")).color;
        })"""
    )
    assert len(set(colours)) == 4


def test_headers_as_the_server_has_them(console: ConsolePage) -> None:
    console.send("StatusFunction", "/302")
    expect(console.status).to_contain_text("302")
    shown = console.headers.inner_text().lower()
    assert "location: /there\n" in shown
    assert "set-cookie: a=1; secure\n" in shown
    assert "set-cookie: b=2\n" in shown


def test_an_error_after_the_first_byte_keeps_the_status_and_is_told(console: ConsolePage) -> None:
    console.send("StatusFunction", "/after")
    expect(console.status).to_have_text("200 OK, the function failed after 6 B")
    expect(console.status).to_have_class("broken")
    error = console.page.get_by_role("region", name="Error")
    expect(error).to_contain_text("ValueError: the cursor broke at row 1")
    expect(error).to_contain_text("app.py")
    expect(console.text).to_have_text("row 0\n")
    console.send("StatusFunction", "/200")
    expect(console.status).to_have_text("200 OK, complete")
    expect(error).to_be_hidden()


def test_an_error_before_the_first_byte_is_told_too(console: ConsolePage) -> None:
    console.send("StatusFunction", "/before")
    expect(console.status).to_have_text("502 Bad Gateway, the function failed")
    expect(console.page.locator("#error")).to_contain_text("LookupError: no rows in the table")


def test_the_function_sees_its_urls_own_address(console: ConsolePage, console_lambda: LocalLambda) -> None:
    console.send("EchoFunction", "/a b?x=ä")
    expect(console.status).to_have_text("200 OK, complete")
    url = console_lambda.urls["EchoFunction"]
    authority = url.split("/")[2]
    shown = console.text.inner_text()
    assert f'"host": "{authority}"' in shown
    assert f'"x-forwarded-port": "{authority.split(":")[1]}"' in shown
    assert '"rawPath": "/a%20b"' in shown
    assert '"rawQueryString": "x=%C3%A4"' in shown
    for name in ("origin", "referer", "x-local-lambda-console", "sec-fetch"):
        assert f'"{name}' not in shown
