"""The lines that Lambda itself writes into the log of an invocation.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """What the REPORT line tells; times in seconds, sizes in MB."""

    request_id: str
    duration: float
    memory_size: int
    memory_used: int
    init_duration: float | None = None
    status: str | None = None
    error_type: str | None = None

    def __str__(self) -> str:
        # Since August 2025 the time of Init is billed too.
        billed = math.ceil((self.duration + (self.init_duration or 0)) * 1000)
        fields = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {self.duration * 1000:.2f} ms",
            f"Billed Duration: {billed} ms",
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
    """The first line of an invocation."""
    return f"START RequestId: {request_id} Version: $LATEST"


def end_line(request_id: str) -> str:
    """The line after the function's own last one."""
    return f"END RequestId: {request_id}"


def init_report_line(duration: float, error_type: str) -> str:
    """The line of an Init that has failed."""
    took = f"{duration * 1000:.2f} ms"
    return f"INIT_REPORT Init Duration: {took}\tPhase: init\tStatus: error\tError Type: {error_type}"
