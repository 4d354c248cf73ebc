"""Lambda's limits, all of them on or all of them off.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; what a response may weigh when it is
not streamed is in the source of the Runtime Interface Emulator (interop/model.go MaxPayloadSize).
"""

from dataclasses import dataclass, replace

from local_lambda.model.function import FunctionConfiguration
from local_lambda.platform.invocation import MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES

# Since July 2025.
MAX_STREAMED_BYTES = 200 * 1024 * 1024
# The event that a runtime gets is held in memory, here as there: without limits this one is left.
_UNLIMITED_BYTES = 2**40
# Runtimes compute with the deadline, so that there has to be one.
_UNLIMITED_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Limits:
    """What a function and its callers may use, in bytes."""

    request: int = MAX_REQUEST_BYTES
    buffered: int = MAX_RESPONSE_BYTES
    streamed: int = MAX_STREAMED_BYTES
    on: bool = True
    """Whether bandwidth, concurrency and time are limited as well."""

    def applied_to(self, function: FunctionConfiguration) -> FunctionConfiguration:
        """The function as it is run."""
        if self.on:
            return function
        return replace(function, timeout=_UNLIMITED_SECONDS, reserved_concurrency=None)


LIMITS = Limits()
NO_LIMITS = Limits(_UNLIMITED_BYTES, _UNLIMITED_BYTES, _UNLIMITED_BYTES, on=False)
