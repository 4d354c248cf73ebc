"""Chat completions, read by the openai package and by Vercel's AI SDK: the stand-in's, and Bedrock's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.end_to_end.translated import of_type
from tests.support.event_stream import event, exception
from tests.support.fake_bedrock import PATH, FakeBedrock, delta
from tests.support.real_clients import run_node, run_python
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

EXAMPLE = "openai-compatible"
KEY = "sk-local-key-for-tests"
WORDS = "one two three four five six seven eight"
BACKWARDS = " ".join(reversed(WORDS.split()))


def run_openai(*arguments: str) -> list[Any]:
    return run_python("openai_chat.py", *arguments)


def run_ai_sdk(*arguments: str) -> list[Any]:
    return run_node("ai_sdk_chat.mjs", *arguments)


BOTH = pytest.mark.parametrize("run", [run_openai, run_ai_sdk])
Run = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def url(served: LocalLambda) -> str:
    return served.urls["CompletionsFunction"] + "v1"


@pytest.fixture(scope="module")
def bedrock_url(served_with_model: LocalLambda) -> str:
    return served_with_model.urls["CompletionsFunction"] + "v1"


def text_of(lines: list[Any]) -> str:
    return "".join(line.get("content") or "" for line in lines)


@BOTH
def test_a_client_gets_the_tokens_as_they_are_made(url: str, run: Run) -> None:
    lines = run(url, KEY, WORDS)
    assert text_of(lines) == BACKWARDS
    assert [line["finish"] for line in lines if line.get("finish")] == ["stop"]
    assert [line["usage"] for line in lines if "usage" in line] == [16]
    times = [line["at"] for line in lines if line.get("content")]
    # Seven gaps of 0.05 s; what is gathered comes all at once.
    assert len(times) >= len(WORDS.split())
    assert times[-1] - times[0] > 0.2


def test_a_whole_completion_and_the_models(url: str) -> None:
    last = run_openai(url, KEY, WORDS)[-1]
    assert (last["whole"], last["models"]) == (BACKWARDS, ["stand-in"])


def test_another_key_is_refused_in_the_api_s_words(url: str) -> None:
    assert [line["refused"] for line in run_openai(url, "sk-another", WORDS)] == [401]
    (failed, _) = run_ai_sdk(url, "sk-another", WORDS)
    assert failed["failed"] == "Incorrect API key provided."


@BOTH
def test_a_model_s_tokens_are_passed_on(bedrock_url: str, bedrock: FakeBedrock, run: Run) -> None:
    usage = {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7}
    for _ in range(2 if run is run_openai else 1):  # which asks for a whole completion as well
        bedrock.send(event("messageStart", {"role": "assistant"}), delta("Hel"), delta("lo\n"))
        bedrock.send(event("messageStop", {"stopReason": "max_tokens"}), event("metadata", {"usage": usage}))
        bedrock.end()
    lines = run(bedrock_url, KEY, "Hi!")
    assert text_of(lines) == "Hello\n"
    assert [line["finish"] for line in lines if line.get("finish")] == ["length"]
    assert [line["usage"] for line in lines if "usage" in line] == [7]
    path, body = bedrock.requests[-1]
    assert path == PATH
    assert body["messages"] == [{"role": "user", "content": [{"text": "Hi!"}]}]


@BOTH
def test_a_model_that_fails_amid_its_answer_is_an_error(
    bedrock_url: str, bedrock: FakeBedrock, run: Run
) -> None:
    bedrock.send(delta("Hel"), exception("throttlingException", {"message": "of no concern to the user"}))
    bedrock.end()
    lines = run(bedrock_url, KEY, "fail")
    assert text_of(lines) == "Hel"
    assert any("The model could not answer." in line.get("failed", "") for line in lines)


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"{}", b'{"messages": []}'])
def test_what_is_no_request_is_a_400(url: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    answer = request(url, "/v1/chat/completions", "POST", body, headers)
    assert (answer.status, answer.json["error"]["code"]) == (400, "invalid_request_error")


def test_what_is_served_is_the_api_s(url: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    body = json.dumps({"messages": [{"role": "user", "content": "a b"}], "stream": True}).encode()
    answer = request(url, "/v1/chat/completions", "POST", body, headers)
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.body.endswith(b"\n\ndata: [DONE]\n\n")
    assert request(url, "/v1/elsewhere", headers=headers).status == 404


def test_the_role_may_call_the_one_model() -> None:
    (role,) = of_type(EXAMPLE, "AWS::IAM::Role").values()
    condition, with_model, without = role["Policies"][0]["Fn::If"]
    assert (condition, without) == ("HasModel", {"Ref": "AWS::NoValue"})
    statements = with_model["PolicyDocument"]["Statement"]
    assert {one["Action"] for one in statements} == {"bedrock:InvokeModelWithResponseStream"}
