"""The agent, as a loop and with Strands Agents: with the stand-in, and with Bedrock's API on this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from httpx_sse import ServerSentEvent, connect_sse
from playwright.sync_api import Page

from tests.end_to_end.translated import of_type
from tests.support.chromium import chromium
from tests.support.event_stream import event
from tests.support.fake_bedrock import PATH, FakeBedrock, delta
from tools.local_lambda_process import LocalLambda

pytestmark = pytest.mark.timeout(600)  # a busy machine takes long to build and to import an SDK

EXAMPLE = "agent"
QUESTION = "How many r are in strawberry?"
TOOL_CALL = {"id": "use-1", "name": "count_letters", "input": {"word": "strawberry", "letter": "r"}}
AGENTS = ["loop", "strands"]


@pytest.fixture(scope="module")
def url(served: LocalLambda) -> str:
    url = served.urls["AgentFunction"]
    for agent in AGENTS:  # the first request waits for the SDK to be imported
        httpx.get(f"{url}ask", params={"question": "r", "agent": agent}, timeout=300)
    return url


@pytest.fixture(scope="module")
def bedrock_url(served_with_model: LocalLambda) -> str:
    return served_with_model.urls["AgentFunction"]


def ask(url: str, agent: str) -> Iterator[ServerSentEvent]:
    """Ask, and yield each event as it comes."""
    parameters = {"question": QUESTION, "agent": agent}
    with (
        httpx.Client(timeout=300) as client,
        connect_sse(client, "GET", f"{url}ask", params=parameters) as source,
    ):
        yield from source.iter_sse()


@pytest.mark.parametrize("agent", AGENTS)
def test_both_send_the_same_events_as_they_happen(url: str, agent: str) -> None:
    events = [(time.monotonic(), one) for one in ask(url, agent)]
    tool, result = (json.loads(one.data) for _, one in events if one.event.startswith("tool"))
    assert (tool, result) == (TOOL_CALL, {"id": "use-1", "result": 3})
    text = "".join(one.data for _, one in events if one.event == "token")
    assert text == "Let me look at strawberry more closely.I have counted them: there are 3."
    kinds = [one.event for _, one in events]
    assert kinds == ["token"] * 7 + ["tool", "tool_result"] + ["token"] * 7 + ["end"]
    # Fourteen tokens of 0.05 s each; what is gathered comes all at once.
    assert events[-1][0] - events[0][0] > 0.4


def tool_use(word: str, letter: str) -> list[bytes]:
    """A message that asks for the tool, its input cut in two."""
    encoded = json.dumps({"word": word, "letter": letter})
    start = {"toolUse": {"toolUseId": "use-1", "name": "count_letters"}}
    pieces = [{"toolUse": {"input": part}} for part in (encoded[:5], encoded[5:])]
    return [
        event("contentBlockStart", {"contentBlockIndex": 1, "start": start}),
        *(event("contentBlockDelta", {"contentBlockIndex": 1, "delta": piece}) for piece in pieces),
        event("contentBlockStop", {"contentBlockIndex": 1}),
        event("messageStop", {"stopReason": "tool_use"}),
    ]


@pytest.mark.parametrize("agent", AGENTS)
def test_a_model_s_tokens_and_tools_are_passed_on_as_they_come(
    bedrock_url: str, bedrock: FakeBedrock, agent: str
) -> None:
    bedrock.send(event("messageStart", {"role": "assistant"}), delta("Hm"))
    events = ask(bedrock_url, agent)
    # Each is sent only once the one before it has arrived: were one held back, this would wait for ever.
    assert next_of(events) == ("token", "Hm")
    bedrock.send(event("contentBlockStop", {"contentBlockIndex": 0}), *tool_use("strawberry", "r"))
    bedrock.end()
    assert next_of(events) == ("tool", TOOL_CALL)
    assert next_of(events) == ("tool_result", {"id": "use-1", "result": 3})
    bedrock.send(event("messageStart", {"role": "assistant"}), delta("Three"))
    assert next_of(events) == ("token", "Three")
    bedrock.send(event("contentBlockStop", {"contentBlockIndex": 0}))
    bedrock.send(event("messageStop", {"stopReason": "end_turn"}))
    bedrock.end()
    assert [one.event for one in events] == ["end"]
    path, body = bedrock.requests[-1]
    assert path == PATH
    asked, wanted, got = body["messages"]
    assert asked == {"role": "user", "content": [{"text": QUESTION}]}
    assert [sorted(block) for block in wanted["content"]] == [["text"], ["toolUse"]]
    (block,) = got["content"]
    result = block["toolResult"]
    assert (result["toolUseId"], result["content"]) == ("use-1", [{"json": {"result": 3}}])
    # Strands says it to some models only.
    assert result.get("status", "success") == "success"


def next_of(events: Iterator[ServerSentEvent]) -> tuple[str, Any]:
    one = next(events)
    return one.event, one.data if one.event == "token" else json.loads(one.data)


@pytest.mark.parametrize("agent", AGENTS)
def test_a_tool_s_error_goes_to_the_model_and_to_the_page(
    bedrock_url: str, bedrock: FakeBedrock, agent: str
) -> None:
    bedrock.send(event("messageStart", {"role": "assistant"}), *tool_use("strawberry", "rr"))
    bedrock.end()
    bedrock.send(event("messageStart", {"role": "assistant"}), delta("I see"))
    bedrock.send(event("contentBlockStop", {"contentBlockIndex": 0}))
    bedrock.send(event("messageStop", {"stopReason": "end_turn"}))
    bedrock.end()
    kinds = {one.event: one.data for one in ask(bedrock_url, agent)}
    assert "expected one letter" in json.loads(kinds["tool_result"])["error"]
    assert (kinds["token"], "end" in kinds) == ("I see", True)
    _, body = bedrock.requests[-1]
    result = body["messages"][-1]["content"][0]["toolResult"]
    assert result.get("status", "error") == "error"
    assert "expected one letter" in json.dumps(result["content"])


@pytest.mark.parametrize("agent", AGENTS)
def test_a_model_that_refuses_is_an_error_with_a_safe_text(
    bedrock_url: str, bedrock: FakeBedrock, agent: str
) -> None:
    bedrock.refuse(403, "AccessDeniedException")
    (error,) = ask(bedrock_url, agent)
    assert (error.event, json.loads(error.data)["message"]) == ("error", "The model could not answer.")


@pytest.mark.parametrize("path", ["ask", "ask?question=+", f"ask?question={'x' * 2001}", "other?question=x"])
def test_anything_else_is_a_404(url: str, path: str) -> None:
    assert httpx.get(url + path).status_code == 404


@pytest.fixture(scope="module")
def page(url: str) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        page.goto(url)
        yield page


@pytest.mark.parametrize("agent", ["a loop over ConverseStream", "Strands Agents"])
def test_the_page_shows_tokens_and_tools(page: Page, agent: str) -> None:
    page.get_by_label(agent).check()
    page.get_by_role("button", name="Ask").click()
    page.wait_for_function("document.getElementById('state').textContent === 'Done'", timeout=60_000)
    assert page.locator("#answer code").all_text_contents() == [
        'count_letters({"word":"strawberry","letter":"r"})',
        "→ 3",
    ]
    assert (page.locator("#answer").text_content() or "").endswith("I have counted them: there are 3.")


def test_the_role_may_call_the_one_model() -> None:
    (role,) = of_type(EXAMPLE, "AWS::IAM::Role").values()
    (policy,) = role["Policies"]
    condition, with_model, without = policy["Fn::If"]
    assert (condition, without) == ("HasModel", {"Ref": "AWS::NoValue"})
    statements = with_model["PolicyDocument"]["Statement"]
    assert {one["Action"] for one in statements} == {"bedrock:InvokeModelWithResponseStream"}
    assert all(arn["Fn::Sub"].endswith("/${BedrockModelId}") for arn in statements[0]["Resource"])
