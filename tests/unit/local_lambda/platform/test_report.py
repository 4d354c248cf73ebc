"""START, END and REPORT, as text and as records."""

from __future__ import annotations

from typing import Any

from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import FunctionError
from local_lambda.platform.report import (
    MANAGED,
    ManagedReport,
    Report,
    log_end,
    log_init,
    log_start,
)

EXITED = FunctionError("Runtime.ExitError", b"{}")


class Noted(FunctionLog):
    """Keeps what Lambda itself logs: text, event and record."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str | None, Any]] = []

    def platform(self, text: str, event: str | None = None, record: Any = None) -> None:
        self.noted.append((text, event, record))


def test_an_invocation_from_start_to_end() -> None:
    log, error = Noted(), FunctionError("ValueError", b"{}")
    report = ManagedReport(request_id="id", duration=1)
    log_start(log, "id")
    log_end(log, report, error)
    assert log.noted == [
        (
            "START RequestId: id Version: $LATEST",
            "platform.start",
            {"requestId": "id", "version": "$LATEST"},
        ),
        ("END RequestId: id", None, None),
        (str(report), "platform.report", report.record(error)),
    ]


def test_a_failed_init() -> None:
    log = Noted()
    log_init(log, 0.1022, EXITED)
    assert log.noted == [
        (
            "INIT_REPORT Init Duration: 102.20 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
            "platform.initReport",
            {
                "initializationType": "on-demand",
                "phase": "init",
                "status": "error",
                "errorType": "Runtime.ExitError",
                "metrics": {"durationMs": 102.2},
            },
        )
    ]


def test_lines() -> None:
    assert str(
        Report(request_id="id", duration=0.25006, memory_size=1024, memory_used=100, init_duration=0.1022)
    ) == (
        "REPORT RequestId: id\tDuration: 250.06 ms\tBilled Duration: 353 ms\tMemory Size: 1024 MB\t"
        "Max Memory Used: 100 MB\tInit Duration: 102.20 ms"
    )
    assert str(
        Report(
            request_id="id",
            duration=0.0123,
            memory_size=128,
            memory_used=0,
            init_duration=None,
            status="error",
            error_type="Runtime.ExitError",
        )
    ) == (
        "REPORT RequestId: id\tDuration: 12.30 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t"
        "Status: error\tError Type: Runtime.ExitError"
    )


def test_on_managed_instances() -> None:
    log = Noted()
    log_init(log, 0.1022, None, MANAGED)
    assert log.noted == [
        (
            "INIT_REPORT Init Duration: 102.20 ms\tPhase: init\tStatus: success",
            "platform.initReport",
            {
                "initializationType": "lambda-managed-instances",
                "phase": "init",
                "status": "success",
                "metrics": {"durationMs": 102.2},
            },
        )
    ]
    report = ManagedReport(request_id="id", duration=0.0123456)
    assert str(report) == "REPORT RequestId: id\tDuration: 12.35 ms"
    assert report.record(None) == {"requestId": "id", "metrics": {"durationMs": 12.346}, "status": "success"}
    error = FunctionError("ValueError", b"{}")
    assert report.record(error)["errorType"] == "Runtime.Unknown"
    failed = ManagedReport(request_id="id", duration=1, status="error", error_type="Runtime.ExitError")
    assert str(failed).endswith("\tDuration: 1000.00 ms\tStatus: error\tError Type: Runtime.ExitError")


def test_the_platform_s_records() -> None:
    metrics = {"durationMs": 250.06, "billedDurationMs": 353, "memorySizeMB": 1024, "maxMemoryUsedMB": 100}
    report = Report(
        request_id="id", duration=0.25006, memory_size=1024, memory_used=100, init_duration=0.1022
    )
    expected = {"requestId": "id", "metrics": {**metrics, "initDurationMs": 102.2}, "status": "success"}
    assert report.record(None) == expected
    error = FunctionError("ValueError", b"{}")
    assert report.record(error) == expected | {"status": "error", "errorType": "Runtime.Unknown"}
    failed = Report(
        request_id="id", duration=1, memory_size=128, memory_used=0, init_duration=None, status="timeout"
    ).record(None)
    assert (failed["status"], "initDurationMs" in failed["metrics"]) == ("timeout", False)
