"""The contract of an invocation, between the Runtime API and the callers of a function.

A response is pushed: the Runtime API calls `start`, `write` and `end` of the caller's receiver, and waits for
each. That wait is the backpressure from a slow client to the function's own send.
"""

import json
import re
from dataclasses import dataclass
from typing import Protocol

TIMED_OUT = "Sandbox.Timedout"
# fatalerror.go of the Runtime Interface Emulator: whatever is not the function's own doing.
SANDBOX_FAILURE = "Sandbox.Failure"


def deadline_ms(now: float, seconds: float) -> int:
    """Return the end of a Timeout of ``seconds`` in milliseconds since the epoch; ``now`` is in seconds.

    Rounded down: a function never has more time left than its Timeout.
    """
    return int((now + seconds) * 1000)


@dataclass(frozen=True)
class Invocation:
    """What the runtime gets from GET /next."""

    request_id: str
    event: bytes
    trace_id: str
    qualifier: str | None = None
    """The version or alias that the caller named; it is part of the ARN that the function sees."""
    client_context: str | None = None
    """JSON, of ASCII characters only."""
    streaming: bool = False
    """The caller takes the response as it comes: a RESPONSE_STREAM URL, InvokeWithResponseStream."""
    tenant_id: str | None = None
    """https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html"""


@dataclass(frozen=True)
class ResponseHead:
    """The head of the runtime's POST of a response."""

    streaming: bool
    """The runtime has said that it streams. AWS's Go runtime streams without a word."""
    content_type: str | None


@dataclass(frozen=True)
class FunctionError:
    """Why an invocation failed: the type for logs and metrics, the JSON that the caller of Invoke sees."""

    type: str
    body: bytes
    in_trailers: bool = False
    """The runtime has told it in the trailers of a response, which is complete otherwise."""

    @classmethod
    def of(cls, error_type: str, message: str) -> "FunctionError":
        """Return an error that the platform itself has found."""
        document = {"errorType": error_type, "errorMessage": message}
        return cls(error_type, json.dumps(document, separators=(",", ":")).encode())

    @classmethod
    def internal(cls, request_id: str, reason: object) -> "FunctionError":
        """Return the error for what has gone wrong in the platform itself, or on its machine."""
        if isinstance(reason, Exception):
            reason = f"{type(reason).__name__}: {reason}"
        return cls.of(SANDBOX_FAILURE, f"RequestId: {request_id} Error: {reason}")

    @classmethod
    def response_too_large(cls, limit: int) -> "FunctionError":
        """Return the error for a response of more than ``limit`` bytes."""
        message = f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
        return cls.of("Function.ResponseSizeTooLarge", message)

    @property
    def platform_type(self) -> str:
        """The type in metrics and REPORT lines (fatalerror.go): the user's own types become Unknown."""
        if re.search(r"(Runtime|Function|Sandbox)\.[A-Z][a-zA-Z]+", self.type):
            return self.type
        return "Function.Unknown" if self.type.startswith("Function.") else "Runtime.Unknown"

    @property
    def message(self) -> str:
        """The errorMessage of the body, where it has one."""
        return self._field("errorMessage")

    def __str__(self) -> str:
        # The header of awslambdaric has no user's own type, its body has.
        error_type = self._field("errorType") or self.type
        return f"{error_type}: {self.message}" if self.message else error_type

    def _field(self, name: str) -> str:
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return ""
        return str(document.get(name, "")) if isinstance(document, dict) else ""


class ResponseReceiver(Protocol):
    """The caller's side of a response. No method raises because the caller has left."""

    async def start(self, head: ResponseHead) -> None:
        """The runtime has begun its response."""

    async def write(self, data: bytes) -> None:
        """Some bytes of the response; return when the caller can take more."""

    def end(self, error: FunctionError | None) -> None:
        """The response is complete, or will never be.

        Called once, with or without `start` before it. Does not wait, so that nothing can interrupt it.
        """
