"""The lines that Lambda itself writes into the log of an invocation, as text and as JSON.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html and, for the JSON,
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

import math
from dataclasses import dataclass
from typing import Any

from local_lambda.platform.invocation import FunctionError


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
        status, error_type = self.status, self.error_type
        if function_error is not None:
            status, error_type = status or "error", error_type or function_error.platform_type
        record = {"requestId": self.request_id, "metrics": metrics, "status": status or "success"}
        return record | ({"errorType": error_type} if error_type else {})

    def __str__(self) -> str:
        fields = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration * 1000:.2f} ms",
            f"Billed Duration: {self.billed_ms} ms",
            f"Memory Size: {self.memory_size} MB",
        ]
        if self.memory_used:
            fields.append(f"Max Memory Used: {self.memory_used} MB")
        if self.init_duration is not None:
            fields.append(f"Init Duration: {self.init_duration * 1000:.2f} ms")
        if self.status:
            fields.append(f"Status: {self.status}")
        if self.error_type:
            fields.append(f"Error Type: {self.error_type}")
        return "\t".join(fields)


def start_line(request_id: str) -> str:
    """Return the first line of an invocation."""
    return f"START RequestId: {request_id} Version: $LATEST"


def start_record(request_id: str) -> dict[str, Any]:
    """Return the record of platform.start."""
    return {"requestId": request_id, "version": "$LATEST"}


def end_line(request_id: str) -> str:
    """Return the line after the function's own last one."""
    return f"END RequestId: {request_id}"


def init_report_line(duration: float, error_type: str) -> str:
    """Return the line of a failed Init."""
    took = f"{duration * 1000:.2f} ms"
    return f"INIT_REPORT Init Duration: {took}\tPhase: init\tStatus: error\tError Type: {error_type}"


def init_report_record(duration: float, error_type: str) -> dict[str, Any]:
    """Return the record of platform.initReport for a failed Init."""
    return {
        "initializationType": "on-demand",
        "phase": "init",
        "status": "error",
        "errorType": error_type,
        "metrics": {"durationMs": round(duration * 1000, 2)},
    }
