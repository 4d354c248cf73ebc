"""What outlives a response, or comes before the first: lifespan, background tasks, state, one event loop."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.url_client import open_request, request
from tools.local_lambda_process import LocalLambda

STEPS = [f"piece {number}" for number in range(4)]


def asked_of_the_same(url: str, path: str, sign: str) -> Any:
    """Request until the environment replies that has seen ``sign``; return its JSON, which names it.

    On a busy machine what comes after a response may outlast the wait for its environment; then another one
    replies, and has seen nothing.
    """
    deadline = time.monotonic() + 60
    while sign.encode() not in (answer := request(url, path)).body:
        assert time.monotonic() < deadline, answer.body
    return answer.json


@pytest.fixture(scope="module")
def starlette(frameworks: LocalLambda) -> str:
    return frameworks.urls["Starlette"]


@pytest.fixture(scope="module")
def fastapi(frameworks: LocalLambda) -> str:
    return frameworks.urls["Fastapi"]


def test_the_lifespan_starts_once_and_its_state_is_there(starlette: str, fastapi: str) -> None:
    for _ in range(2):
        state = request(starlette, "/state").json
        assert state["events"].count("startup") == 1
        assert state["started"] == ["in the init phase"]
        assert request(fastapi, "/events").json.count("startup") == 1


def test_all_requests_share_one_event_loop_but_no_context(starlette: str) -> None:
    for _ in range(3):
        state = request(starlette, "/state?set=other").json
        assert state["same_loop"] is True
        assert state["context"] == "unset"


def test_a_background_task_runs_after_the_response_and_before_the_next_request(
    starlette: str, gate: Path
) -> None:
    connection, response = open_request(starlette, f"/background?name=one&gate={gate}")
    # The whole response is there, while the task still waits for its gate.
    assert response.read() == b"the whole response"
    connection.close()
    for number in range(1, 4):
        (gate / str(number)).touch()
    events = asked_of_the_same(starlette, "/state", "one")["events"]
    assert [event for event in events if event.startswith("one")] == [f"one: {step}" for step in STEPS]


def test_wsgi_s_close_comes_when_the_client_has_everything(frameworks: LocalLambda, gate: Path) -> None:
    flask = frameworks.urls["Flask"]
    connection, response = open_request(flask, f"/closed?gate={gate}")
    assert response.read() == b"all of it"
    connection.close()
    for number in range(1, 4):
        (gate / str(number)).touch()
    assert asked_of_the_same(flask, "/events", STEPS[0]) == [f"{step}\n" for step in STEPS]


def test_a_background_task_that_fails_is_logged(frameworks: LocalLambda, starlette: str) -> None:
    answer = request(starlette, "/background-fails")
    assert (answer.status, answer.body, answer.complete) == (200, b"the whole response", True)
    frameworks.wait_for("ValueError: in the background")
    assert request(starlette, "/scope").status == 200


def test_fastapi_s_background_task_in_a_thread(fastapi: str) -> None:
    assert request(fastapi, "/background", "POST").status == 202
    assert "background, in a thread" in asked_of_the_same(fastapi, "/events", "background, in a thread")


def test_fastapi_s_dependency_with_yield(fastapi: str) -> None:
    answer = request(fastapi, "/with-resource").json
    assert answer["resource"] == "resource"
    assert answer["events"][-1] == "opened"
    assert asked_of_the_same(fastapi, "/events", "opened")[-1] == "closed"
    assert request(fastapi, "/resource-in-stream").body == b"resource is opened"
    assert asked_of_the_same(fastapi, "/events", "opened")[-1] == "closed"
