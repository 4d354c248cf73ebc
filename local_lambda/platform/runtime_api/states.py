"""The states of a runtime, and which calls each state allows.

The Runtime Interface Emulator holds the platform's own source: lambda/core/states.go, lambda/rapi/rendering.
"""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """The states, by their names in error messages."""

    STARTED = "Started"
    INIT_ERROR = "InitError"
    READY = "Ready"
    RUNNING = "Running"
    RESPONDING = "InvocationResponse"
    ERROR_RESPONDING = "InvocationErrorResponse"
    RESPONSE_SENT = "RuntimeResponseSentState"


# GET /next while Running gives the same event again, at once.
_FROM = {
    State.READY: {State.STARTED, State.READY, State.RUNNING, State.RESPONSE_SENT},
    State.INIT_ERROR: {State.STARTED},
    State.RESPONDING: {State.RUNNING},
    State.ERROR_RESPONDING: {State.RUNNING},
}


def allowed(current: State, wanted: State) -> bool:
    """Return whether the runtime may change to the state it wants."""
    return current in _FROM[wanted]


@dataclass(frozen=True)
class Rejection:
    """The reply to an invalid call."""

    status: int
    error_type: str
    message: str


def invalid_transition(current: State, wanted: State) -> Rejection:
    """Return the reply to a call at the wrong moment."""
    message = (
        f"State transition from {current.value} to {wanted.value} failed for runtime. "
        "Error: State transition is not allowed"
    )
    return Rejection(403, "InvalidStateTransition", message)


INVALID_REQUEST_ID = Rejection(400, "InvalidRequestID", "Invalid request ID")
INVALID_RESPONSE_MODE = Rejection(400, "InvalidFunctionResponseMode", "Invalid function response mode")
INVOKE_TIMEOUT = Rejection(410, "InvokeTimeout", "Invoke timeout")
TRUNCATED = Rejection(400, "TruncatedHTTPRequest", "HTTP request detected as truncated")


def too_large(limit: int) -> Rejection:
    """Return the reply to a response of more than ``limit`` bytes."""
    return Rejection(413, "RequestEntityTooLarge", f"Exceeded maximum allowed payload size ({limit} bytes).")
