"""The states of a runtime and what it may say in each, as the platform has them.

The Runtime Interface Emulator holds the platform's own source: lambda/core/states.go, lambda/rapi/rendering.
"""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """States by the names that error messages give them."""

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
    """Whether the runtime may ask for the state it wants."""
    return current in _FROM[wanted]


@dataclass(frozen=True)
class Refusal:
    """The answer to a call that is not in order."""

    status: int
    error_type: str
    message: str


def invalid_transition(current: State, wanted: State) -> Refusal:
    """The answer to a call at the wrong moment."""
    message = (
        f"State transition from {current.value} to {wanted.value} failed for runtime. "
        "Error: State transition is not allowed"
    )
    return Refusal(403, "InvalidStateTransition", message)


INVALID_REQUEST_ID = Refusal(400, "InvalidRequestID", "Invalid request ID")
INVALID_RESPONSE_MODE = Refusal(400, "InvalidFunctionResponseMode", "Invalid function response mode")
TRUNCATED = Refusal(400, "TruncatedHTTPRequest", "HTTP request detected as truncated")


def too_large(limit: int) -> Refusal:
    """The answer to a response over the limit, in bytes."""
    return Refusal(413, "RequestEntityTooLarge", f"Exceeded maximum allowed payload size ({limit} bytes).")
