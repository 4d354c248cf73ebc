"""States, errors and trailers of the Runtime API."""

from __future__ import annotations

import base64
import json

import pytest

from local_lambda.platform.invocation import FunctionError
from local_lambda.platform.report import (
    Report,
    end_line,
    init_report_line,
    init_report_record,
    start_line,
    start_record,
)
from local_lambda.platform.runtime_api.states import State, allowed, invalid_transition
from local_lambda.platform.runtime_api.trailers import declared, error_in

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


def test_only_declared_trailers_count() -> None:
    trailers = [("a", "1"), ("b", "2"), ("c", "3")]
    assert declared(trailers, "A , c,d") == ({"a": "1", "c": "3"}, ["b"])
    assert declared(trailers, None) == ({}, ["a", "b", "c"])
    assert declared([], "a") == ({}, [])


def test_the_error_in_trailers() -> None:
    body = json.dumps({"errorType": "ValueError", "errorMessage": "no"}).encode()
    names = {
        "lambda-runtime-function-error-type": "ValueError",
        "lambda-runtime-function-error-body": base64.b64encode(body).decode(),
    }
    error = error_in(names)
    assert error == FunctionError("ValueError", body)
    assert str(error) == "ValueError: no"
    assert error_in({}) is None
    assert error_in({"lambda-runtime-function-error-body": "no base64"}) == FunctionError(
        "Runtime.Unknown", b"no base64"
    )


@pytest.mark.parametrize(
    ("error_type", "platform_type"),
    [
        ("Runtime.ExitError", "Runtime.ExitError"),
        ("Function.SomethingOwn", "Function.SomethingOwn"),
        ("Function.x", "Function.Unknown"),
        ("ValueError", "Runtime.Unknown"),
    ],
)
def test_the_types_of_reports(error_type: str, platform_type: str) -> None:
    assert FunctionError.of(error_type, "m").platform_type == platform_type


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"x": 1}', b"[" * 100_000])
def test_any_body_can_be_shown(body: bytes) -> None:
    assert str(FunctionError("Some.Type", body)) == "Some.Type"


def test_lines() -> None:
    assert start_line("id") == "START RequestId: id Version: $LATEST"
    assert end_line("id") == "END RequestId: id"
    assert init_report_line(0.1022, "Runtime.ExitError") == (
        "INIT_REPORT Init Duration: 102.20 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError"
    )
    assert str(Report("id", 0.25006, 1024, 100, 0.1022)) == (
        "REPORT RequestId: id\tDuration: 250.06 ms\tBilled Duration: 353 ms\tMemory Size: 1024 MB\t"
        "Max Memory Used: 100 MB\tInit Duration: 102.20 ms"
    )
    assert str(Report("id", 0.0123, 128, 0, None, "error", "Runtime.ExitError")) == (
        "REPORT RequestId: id\tDuration: 12.30 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t"
        "Status: error\tError Type: Runtime.ExitError"
    )


def test_the_platform_s_records() -> None:
    metrics = {"durationMs": 250.06, "billedDurationMs": 353, "memorySizeMB": 1024, "maxMemoryUsedMB": 100}
    report = Report("id", 0.25006, 1024, 100, 0.1022)
    expected = {"requestId": "id", "metrics": {**metrics, "initDurationMs": 102.2}, "status": "success"}
    assert report.record(None) == expected
    error = FunctionError("ValueError", b"{}")
    assert report.record(error) == expected | {"status": "error", "errorType": "Runtime.Unknown"}
    failed = Report("id", 1, 128, 0, None, "timeout").record(None)
    assert (failed["status"], "initDurationMs" in failed["metrics"]) == ("timeout", False)
    assert start_record("id") == {"requestId": "id", "version": "$LATEST"}
    init = init_report_record(0.1022, "Runtime.ExitError")
    assert (init["errorType"], init["metrics"]) == ("Runtime.ExitError", {"durationMs": 102.2})
