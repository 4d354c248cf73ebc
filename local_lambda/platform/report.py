"""The lines that Lambda itself writes into the log of an invocation, as text and as JSON.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html and, for the JSON,
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local_lambda.log.terminal import FunctionLog
from local_lambda.platform.invocation import SANDBOX_FAILURE, TIMED_OUT, FunctionError

MANAGED = "lambda-managed-instances"
_FOUND_BY_THE_PLATFORM = ("Runtime.ExitError", "Runtime.InvalidEntrypoint", SANDBOX_FAILURE)


@dataclass(frozen=True, kw_only=True)
class Report:
    """The content of a REPORT line; times in seconds, sizes in MB."""

    request_id: str
    duration: float
    memory_size: int
    memory_used: int
    init_duration: float | None = None
    status: str | None = None
    error_type: str | None = None

    @property
    def billed_ms(self) -> int:
        """Milliseconds; since August 2025 with the time of Init."""
        return math.ceil((self.duration + (self.init_duration or 0)) * 1000)

    def record(self, function_error: FunctionError | None) -> dict[str, Any]:
        """Return the record of platform.report, which has the function's own error too."""
        metrics: dict[str, Any] = {
            "durationMs": round(self.duration * 1000, 2),
            "billedDurationMs": self.billed_ms,
            "memorySizeMB": self.memory_size,
            "maxMemoryUsedMB": self.memory_used,
        }
        if self.init_duration is not None:
            metrics["initDurationMs"] = round(self.init_duration * 1000, 2)
        return _record(self, metrics, function_error)

    def __str__(self) -> str:
        fields = [f"Billed Duration: {self.billed_ms} ms", f"Memory Size: {self.memory_size} MB"]
        if self.memory_used:
            fields.append(f"Max Memory Used: {self.memory_used} MB")
        if self.init_duration is not None:
            fields.append(f"Init Duration: {self.init_duration * 1000:.2f} ms")
        return _line(self, fields)


@dataclass(frozen=True, kw_only=True)
class ManagedReport:
    """The content of a REPORT line on Lambda Managed Instances, where instances are billed; times in seconds.

    As in the source of the Runtime Interface Emulator (lambda-managed-instances/interop/events_api.go).
    """

    request_id: str
    duration: float
    status: str | None = None
    error_type: str | None = None

    def record(self, function_error: FunctionError | None) -> dict[str, Any]:
        """Return the record of platform.report, which has the function's own error too."""
        return _record(self, {"durationMs": round(self.duration * 1000, 3)}, function_error)

    def __str__(self) -> str:
        return _line(self, [])


def _record(
    report: Report | ManagedReport, metrics: dict[str, Any], function_error: FunctionError | None
) -> dict[str, Any]:
    status, error_type = report.status, report.error_type
    if function_error is not None:
        status, error_type = status or "error", error_type or function_error.platform_type
    record = {"requestId": report.request_id, "metrics": metrics, "status": status or "success"}
    return record | ({"errorType": error_type} if error_type else {})


def _line(report: Report | ManagedReport, metrics: list[str]) -> str:
    fields = [
        f"REPORT RequestId: {report.request_id}",
        f"Duration: {report.duration * 1000:.2f} ms",
        *metrics,
    ]
    if report.status:
        fields.append(f"Status: {report.status}")
    if report.error_type:
        fields.append(f"Error Type: {report.error_type}")
    return "\t".join(fields)


def log_init(
    log: FunctionLog, duration: float, failure: FunctionError | None, initialization_type: str = "on-demand"
) -> None:
    """Log an Init of its own, or a failed one; ``duration`` in seconds."""
    error_type = failure.platform_type if failure is not None else None
    status = "error" if error_type else "success"
    line = f"INIT_REPORT Init Duration: {duration * 1000:.2f} ms\tPhase: init\tStatus: {status}"
    record: dict[str, Any] = {"initializationType": initialization_type, "phase": "init", "status": status}
    if error_type:
        line += f"\tError Type: {error_type}"
        record["errorType"] = error_type
    log.platform(line, "platform.initReport", record | {"metrics": {"durationMs": round(duration * 1000, 2)}})


def log_start(log: FunctionLog, request_id: str) -> None:
    """Log that an invocation begins."""
    record = {"requestId": request_id, "version": "$LATEST"}
    log.platform(f"START RequestId: {request_id} Version: $LATEST", "platform.start", record)


def log_end(log: FunctionLog, report: Report | ManagedReport, function_error: FunctionError | None) -> None:
    """Log that an invocation has ended, and how."""
    log.platform(f"END RequestId: {report.request_id}")
    log.platform(str(report), "platform.report", report.record(function_error))


def log_failure(
    log: FunctionLog, request_id: str, timeout: float, failure: FunctionError | None
) -> tuple[str | None, str | None]:
    """Log what Lambda says of a failure that it has found; return the status and type of the REPORT line."""
    if failure is None:
        return None, None
    if failure.type == TIMED_OUT:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        log.platform(f"{now} {request_id} {timed_out(timeout)}")
        return "timeout", None
    if failure.type in _FOUND_BY_THE_PLATFORM:
        fault = f"{failure.message}\r{failure.type}"
        log.platform(fault, "platform.fault", fault.replace("\r", "\n"))
    return "error", failure.platform_type


def timed_out(seconds: float) -> str:
    """Return what Lambda says of an invocation that took as long as its Timeout."""
    return f"Task timed out after {seconds:.2f} seconds"
