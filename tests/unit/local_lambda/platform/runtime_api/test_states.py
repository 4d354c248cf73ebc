"""The order of requests to the Runtime API."""

from __future__ import annotations

import pytest

from local_lambda.platform.runtime_api.states import State, allowed, invalid_transition

ORDER = [
    (State.STARTED, State.READY, True),
    (State.STARTED, State.INIT_ERROR, True),
    (State.STARTED, State.RESPONDING, False),
    (State.READY, State.READY, True),
    (State.READY, State.INIT_ERROR, False),
    (State.READY, State.RESPONDING, False),
    (State.RUNNING, State.READY, True),
    (State.RUNNING, State.RESPONDING, True),
    (State.RUNNING, State.ERROR_RESPONDING, True),
    (State.RUNNING, State.INIT_ERROR, False),
    (State.RESPONDING, State.READY, False),
    (State.RESPONDING, State.ERROR_RESPONDING, False),
    (State.RESPONSE_SENT, State.READY, True),
    (State.RESPONSE_SENT, State.RESPONDING, False),
    (State.INIT_ERROR, State.READY, False),
]


@pytest.mark.parametrize(("current", "wanted", "expected"), ORDER)
def test_states(current: State, wanted: State, expected: bool) -> None:
    assert allowed(current, wanted) is expected


def test_the_text_of_a_refusal() -> None:
    refusal = invalid_transition(State.RESPONSE_SENT, State.ERROR_RESPONDING)
    assert refusal.message == (
        "State transition from RuntimeResponseSentState to InvocationErrorResponse failed for runtime. "
        "Error: State transition is not allowed"
    )
    assert (refusal.status, refusal.error_type) == (403, "InvalidStateTransition")
