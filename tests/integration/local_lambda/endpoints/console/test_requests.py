"""What is typed is what is sent: headers, bodies, events, signatures; by keys, from the address, again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.integration.local_lambda.endpoints.console.console_page import ConsolePage


def echoed(console: ConsolePage) -> dict[str, object]:
    expect(console.status).to_contain_text("complete")
    return dict(json.loads(console.text.text_content() or ""))


def open_more(console: ConsolePage) -> None:
    console.page.locator("summary").first.click()


def test_headers_and_a_body(console: ConsolePage) -> None:
    open_more(console)
    console.page.get_by_label("Headers, one a line").fill(
        "X-Test: a: 1\nCookie: a=1; b=2\nUser-Agent: me\n\n"
    )
    console.page.locator("#body").fill('{"ü": 1}')
    console.send("EchoFunction", "/p", method="POST")
    event = echoed(console)
    headers = dict(event["headers"])  # type: ignore[call-overload]
    assert headers["x-test"] == "a: 1"
    assert headers["user-agent"] == "me"
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == "9"
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["body"] == '{"ü": 1}'


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("no colon here", "Line 1: “no colon here” has no colon"),
        ("A: 1\nBad Name: x", "Line 2: “Bad Name” is no header name"),
        ("Content-Length: 3", "Line 1: Content-Length is computed"),
    ],
)
def test_headers_are_validated_as_they_are_typed(console: ConsolePage, typed: str, said: str) -> None:
    open_more(console)
    field = console.page.get_by_label("Headers, one a line")
    field.fill(typed)
    hint = console.page.locator("#headers-hint")
    expect(hint).to_contain_text(said)
    expect(field).to_have_attribute("aria-invalid", "true")
    console.send("EchoFunction", "/")
    expect(console.status).to_contain_text(f"Not sent: {said}")
    expect(field).to_be_focused()
    field.fill("A: 1")
    expect(hint).to_be_empty()
    console.send("EchoFunction", "/")
    expect(console.status).to_have_text("200 OK, complete")


def test_a_function_without_a_url_is_invoked_with_an_event(console: ConsolePage) -> None:
    console.page.get_by_label("Function").select_option("InternalFunction")
    expect(console.page.get_by_label("Method")).to_be_hidden()
    expect(console.page.get_by_label("Path and query")).to_be_hidden()
    open_more(console)
    console.page.get_by_label("Take an event from a file").select_option("worker.json")
    expect(console.page.get_by_label("Event, JSON")).to_have_value('{"job": "from a file"}\n')
    console.page.get_by_role("button", name="Send", exact=True).click()
    assert echoed(console) == {"job": "from a file"}
    expect(console.log).to_contain_text("REPORT")
    assert "Prelude: status 201" in console.headers.inner_text()
    assert "X-Worker: yes" in console.headers.inner_text()


def test_an_event_that_is_not_json(console: ConsolePage) -> None:
    console.page.get_by_label("Function").select_option("InternalFunction")
    open_more(console)
    console.page.locator("#body").fill("{")
    expect(console.page.locator("#body-hint")).to_contain_text("The event is not JSON")
    console.page.get_by_role("button", name="Send", exact=True).click()
    expect(console.status).to_contain_text("Not sent: The event is not JSON")


def test_an_event_whose_function_fails_after_the_first_byte(console: ConsolePage) -> None:
    console.page.get_by_label("Function").select_option("InternalFunction")
    open_more(console)
    console.page.locator("#body").fill('{"fail": true}')
    console.page.get_by_role("button", name="Send", exact=True).click()
    expect(console.status).to_have_text("200 OK, the function failed after 14 B")
    expect(console.page.locator("#error")).to_contain_text("ValueError: the worker gave up")


def test_a_function_with_a_url_can_be_invoked_with_an_event_too(console: ConsolePage) -> None:
    console.page.get_by_label("Function").select_option("EchoFunction")
    console.page.get_by_label("Call").select_option("Lambda API")
    open_more(console)
    console.page.locator("#body").fill('{"direct": 1}')
    console.page.get_by_role("button", name="Send", exact=True).click()
    assert echoed(console) == {"direct": 1}


def test_an_event_of_a_url_becomes_the_request_that_makes_it(console: ConsolePage) -> None:
    console.page.get_by_label("Function").select_option("EchoFunction")
    open_more(console)
    console.page.get_by_label("Take an event from a file").select_option("url.json")
    expect(console.page.get_by_label("Path and query")).to_have_value("/orders?page=2")
    console.page.get_by_role("button", name="Send", exact=True).click()
    event = echoed(console)
    assert event["rawPath"] == "/orders"
    assert event["body"] == '{"order": 7}'
    assert dict(event["headers"])["x-tenant"] == "blue"  # type: ignore[call-overload]
    assert event["requestContext"]["http"]["method"] == "PUT"  # type: ignore[index]


def test_the_server_signs_when_it_is_asked_to(console: ConsolePage) -> None:
    sign = console.page.get_by_label("Sign it (AWS_IAM)")
    console.page.get_by_label("Function").select_option("EchoFunction")
    expect(sign).to_be_hidden()
    console.page.get_by_label("Function").select_option("PrivateFunction")
    sign.check()
    console.send("PrivateFunction", "/a b?x=1&y=ä", method="POST")
    event = echoed(console)
    assert event["requestContext"]["authorizer"]["iam"]["userArn"].endswith(":user/local")  # type: ignore[index]
    sign.uncheck()
    console.send("PrivateFunction", "/")
    expect(console.status).to_contain_text("403 Forbidden")


def test_a_path_is_as_it_is_typed(console: ConsolePage) -> None:
    console.page.get_by_label("Function").select_option("EchoFunction")
    path = console.page.get_by_label("Path and query")
    path.fill("")
    path.press_sequentially("orders?a=1")
    expect(path).to_have_value("orders?a=1")
    expect(console.page.locator("#url")).to_have_text(re.compile(r"http://127\.0\.0\.1:\d+/orders\?a=1"))
    path.press("Enter")
    assert echoed(console)["rawPath"] == "/orders"


def test_by_keys_alone(console: ConsolePage, gate: Path) -> None:
    page = console.page
    page.get_by_label("Function").select_option("GatedFunction")
    page.get_by_label("Path and query").fill(f"/?gate={gate}")
    page.keyboard.press("Control+Enter")
    expect(console.log).to_contain_text("before the first byte")
    page.keyboard.press("Escape")
    expect(console.status).to_have_text("Stopped before the first byte")
    page.get_by_label("Path and query").fill(f"/?gate={gate}&again=1")
    page.keyboard.press("Enter")
    expect(console.status).to_have_text("Sent, waiting")
    page.get_by_role("button", name="Stop", exact=True).focus()
    page.keyboard.press("Space")
    expect(
        page.get_by_role("button", name="Send", exact=True)
    ).to_be_focused()  # not nowhere: Stop is no use any more
    for number in "123":
        (gate / number).touch()


def test_tab_goes_through_the_page_in_its_order(console: ConsolePage) -> None:
    page = console.page
    page.get_by_label("Function").focus()
    order = []
    for _ in range(8):
        order.append(console.run("document.activeElement.id || document.activeElement.localName"))
        page.keyboard.press("Tab")
    assert order == ["function", "via", "method", "path", "network", "send", "more-title", "url"]


def test_everything_has_a_name(console: ConsolePage) -> None:
    fields = "[...document.querySelectorAll('select, input, textarea')]"
    named = (
        f"{fields}.every(one => one.labels.length || one.ariaLabel || one.getAttribute('aria-labelledby'))"
    )
    assert console.run(named)
    assert console.run("document.querySelector('#status').role") == "status"
    assert console.run("document.querySelector('#server').ariaLive") == "polite"
    assert console.page.get_by_role("log", name="Log of this invocation").count() == 1


def test_the_request_is_in_the_address(console: ConsolePage) -> None:
    console.page.get_by_label("Function").select_option("EchoFunction")
    console.page.get_by_label("Method").select_option("POST")
    console.page.get_by_label("Path and query").fill("/kept?a=1&b=#2")
    open_more(console)
    console.page.get_by_label("Headers, one a line").fill("X-Kept: yes")
    console.page.locator("#body").fill("body & soul")
    fragment = str(console.run("location.hash"))
    console.page.reload()
    expect(console.page.get_by_label("Path and query")).to_have_value("/kept?a=1&b=#2")
    console.open(fragment)
    expect(console.page.get_by_label("Function")).to_have_value("EchoFunction")
    expect(console.page.get_by_label("Method")).to_have_value("POST")
    expect(console.page.get_by_label("Headers, one a line")).to_have_value("X-Kept: yes")
    expect(console.page.locator("#body")).to_have_value("body & soul")
    assert console.page.locator("#history button").count() == 0  # nothing is sent unasked


def test_history(console: ConsolePage) -> None:
    open_more(console)
    console.page.get_by_label("Headers, one a line").fill("X-Shown: 1\nAuthorization: Bearer secret")
    console.send("EchoFunction", "/first")
    expect(console.status).to_contain_text("complete")
    console.page.get_by_label("Headers, one a line").fill("")
    console.send("StatusFunction", "/404")
    expect(console.status).to_contain_text("404")
    entries = console.page.locator("#history button")
    expect(entries).to_have_count(2)
    expect(entries.nth(0)).to_contain_text("StatusFunction GET /404")
    entries.nth(1).click()
    expect(console.text).to_contain_text('"rawPath": "/first"')
    expect(console.log).to_contain_text("REPORT")
    expect(console.page.get_by_label("Path and query")).to_have_value("/first")
    console.page.reload()
    expect(entries).to_have_count(2)
    entries.nth(1).click()
    expect(console.page.get_by_label("Headers, one a line")).to_have_value("X-Shown: 1")
    assert "secret" not in console.run("JSON.stringify(localStorage)")
    console.page.get_by_role("button", name="Clear").click()
    expect(entries).to_have_count(0)
    console.page.reload()
    expect(entries).to_have_count(0)


def copied(console: ConsolePage, what: str) -> str:
    console.page.get_by_role("button", name=f"Copy as {what}").click()
    expect(console.page.get_by_text(f"Copied as {what}")).to_be_visible()
    return str(console.run("navigator.clipboard.readText()"))


def type_something_hard(console: ConsolePage) -> None:
    console.page.get_by_label("Method").select_option("POST")
    console.page.get_by_label("Path and query").fill('/it\'s?a=$HOME&b="q"')
    open_more(console)
    console.page.get_by_label("Headers, one a line").fill('X-Test: it\'s `a` "test" \\ $(id)')
    console.page.locator("#body").fill('{"a": "it\'s\\n ü \\\\ $HOME"}')


def seen(event: dict[str, object]) -> tuple[object, ...]:
    headers = dict(event["headers"])  # type: ignore[call-overload]
    return (
        event["rawPath"],
        event["rawQueryString"],
        event["body"],
        headers["x-test"],
        headers["content-type"],
    )


@pytest.mark.parametrize("what", ["curl", "Python"])
def test_the_copied_command_sends_the_same(console: ConsolePage, what: str) -> None:
    console.page.get_by_label("Function").select_option("EchoFunction")
    type_something_hard(console)
    command = copied(console, what)
    console.page.get_by_role("button", name="Send", exact=True).click()
    expected = seen(echoed(console))
    output = run_copied(what, command.replace("curl -N -i", "curl -s -N"))
    if what == "Python":
        output = b"".join(eval(line) for line in output.decode().splitlines() if line.startswith("b"))
    assert seen(json.loads(output)) == expected


@pytest.mark.parametrize("what", ["curl", "Python"])
def test_the_copied_command_signs(console: ConsolePage, what: str) -> None:
    console.page.get_by_label("Function").select_option("PrivateFunction")
    console.page.get_by_label("Sign it (AWS_IAM)").check()
    command = copied(console, what)
    assert "wJalr" not in command  # the secret is the server's
    assert b"userArn" in run_copied(what, command)


@pytest.mark.parametrize("what", ["curl", "Python"])
def test_the_copied_command_invokes(console: ConsolePage, what: str) -> None:
    console.page.get_by_label("Function").select_option("InternalFunction")
    open_more(console)
    console.page.locator("#body").fill('{"name": "it\'s"}')
    command = copied(console, what)
    assert ("boto3" in command) == (what == "Python")
    output = run_copied(what, command)
    assert b"it's" in output or b"it\\'s" in output
    assert b"InvokeComplete" in output or what == "Python"


def run_copied(what: str, command: str) -> bytes:
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
    argv = ["bash", "-c", command] if what == "curl" else [sys.executable, "-c", command]
    done = subprocess.run(argv, capture_output=True, env=environment, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
