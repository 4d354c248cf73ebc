"""The chat: built for Python 3.13, served on this machine, with the stand-in and with Bedrock's API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse

import pytest
from playwright.sync_api import Page

from tests.end_to_end.translated import of_type
from tests.support.chromium import chromium
from tests.support.event_stream import event, exception
from tests.support.fake_bedrock import PATH, FakeBedrock, delta
from tests.support.url_client import open_request, request
from tools.local_lambda_process import LocalLambda

EXAMPLE = "fastapi"
ANSWER = "No model is connected; I can only say it the other way round:\nthree two one\n(That is all.)"


@pytest.fixture(scope="module")
def chat(served: LocalLambda) -> str:
    return served.urls["ChatFunction"]


@pytest.fixture(scope="module")
def bedrock_chat(served_with_model: LocalLambda) -> str:
    return served_with_model.urls["ChatFunction"]


@contextmanager
def ask(url: str, message: str) -> Iterator[HTTPResponse]:
    body = json.dumps({"message": message}).encode()
    connection, response = open_request(url, "/chat", "POST", body, {"Content-Type": "application/json"})
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    yield response
    connection.close()


def next_event(response: HTTPResponse) -> tuple[str, str]:
    """Read one server-sent event, and no further."""
    name, data, blank = (response.readline().decode() for _ in range(3))
    assert blank == "\n"
    return name.removeprefix("event: ").strip(), json.loads(data.removeprefix("data: "))


def test_the_stand_in_answers_token_by_token(chat: str) -> None:
    with ask(chat, "one two three") as response:
        events: list[tuple[str, str]] = []
        while not events or events[-1][0] == "token":
            events.append(next_event(response))
        assert response.read() == b""
    assert events.pop() == ("done", "")
    assert "".join(text for _, text in events) == ANSWER
    assert len(events) == len(ANSWER.split(" "))


@pytest.mark.parametrize(
    "body", [b"{}", b'{"message": " "}', b"nonsense", b'{"message": "' + b"x" * 2001 + b'"}']
)
def test_what_is_no_message_is_refused(chat: str, body: bytes) -> None:
    assert request(chat, "/chat", "POST", body, {"Content-Type": "application/json"}).status == 422


def test_the_page_needs_nothing_from_elsewhere(chat: str) -> None:
    answer = request(chat)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"http" not in answer.body


def test_a_model_s_tokens_are_passed_on_as_they_come(bedrock_chat: str, bedrock: FakeBedrock) -> None:
    bedrock.send(event("messageStart", {"role": "assistant"}), delta("Hel"))
    with ask(bedrock_chat, "Hi!") as response:
        # Each is sent only once the one before it has arrived: were one held back, this would wait for ever.
        assert next_event(response) == ("token", "Hel")
        bedrock.send(delta("lo\n"), event("contentBlockDelta", {"delta": {"toolUse": {"input": "{}"}}}))
        assert next_event(response) == ("token", "lo\n")
        bedrock.send(delta("you"), event("messageStop", {"stopReason": "end_turn"}))
        assert next_event(response) == ("token", "you")
        bedrock.end()
        assert next_event(response) == ("done", "")
        assert response.read() == b""
    path, body = bedrock.requests[-1]
    assert path == PATH
    assert body["messages"] == [{"role": "user", "content": [{"text": "Hi!"}]}]


def test_a_model_may_fail_amid_its_answer(bedrock_chat: str, bedrock: FakeBedrock) -> None:
    bedrock.send(delta("Hel"), exception("throttlingException", {"message": "of no concern to the user"}))
    bedrock.end()
    with ask(bedrock_chat, "Hi!") as response:
        assert next_event(response) == ("token", "Hel")
        assert next_event(response) == ("failed", "The model could not answer.")
        assert response.read() == b""


def test_a_model_may_refuse(bedrock_chat: str, bedrock: FakeBedrock) -> None:
    bedrock.refuse(403, "AccessDeniedException")
    with ask(bedrock_chat, "Hi!") as response:
        assert next_event(response) == ("failed", "The model could not answer.")


def test_the_role_may_call_the_one_model() -> None:
    (role,) = of_type(EXAMPLE, "AWS::IAM::Role").values()
    (policy,) = role["Policies"]
    condition, with_model, without = policy["Fn::If"]
    assert (condition, without) == ("HasModel", {"Ref": "AWS::NoValue"})
    direct, by_profile = with_model["PolicyDocument"]["Statement"]
    assert {direct["Action"], by_profile["Action"]} == {"bedrock:InvokeModelWithResponseStream"}
    assert all(arn["Fn::Sub"].endswith("/${BedrockModelId}") for arn in direct["Resource"])
    profile = by_profile["Condition"]["StringLike"]["bedrock:InferenceProfileArn"]
    assert profile["Fn::Sub"].endswith(":inference-profile/${BedrockModelId}")


@pytest.fixture(scope="module")
def page(chat: str) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 700, "height": 600})
        page.goto(chat)
        yield page


def test_tokens_appear_one_by_one_and_the_keyboard_suffices(page: Page) -> None:
    page.keyboard.type("one two")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("three")
    page.keyboard.press("Enter")
    answer = page.locator("li.theirs").last
    answer.wait_for(state="attached")
    seen = set()
    while answer.get_attribute("aria-busy"):
        seen.add(answer.text_content())
    assert answer.text_content() == ANSWER
    # Several states on the way, each the beginning of the whole.
    assert len(seen - {"", ANSWER}) >= 3, seen
    assert all(ANSWER.startswith(text or "") for text in seen)
    assert page.locator("li.mine").text_content() == "one two\nthree"
    assert page.evaluate("document.activeElement.id") == "message"


def test_escape_stops_an_answer(page: Page) -> None:
    page.locator("#message").focus()
    page.keyboard.type("word " * 100)
    page.keyboard.press("Enter")
    answer = page.locator("li.theirs").last
    page.wait_for_function("document.querySelector('li[aria-busy]')?.textContent")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('li[aria-busy]')")
    assert (answer.text_content() or "").endswith(" [stopped]")


def test_it_follows_the_colour_scheme(page: Page) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        style = "(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))"
        colours[scheme] = page.evaluate(style)
    assert colours["light"][0] != colours["dark"][0]
    assert colours["light"][1] != colours["dark"][1]
