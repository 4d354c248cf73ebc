"""Lambda's limits, the only home of each. `--no-limits` turns off those of `Limits`, all together.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; the size of a response that is not
streamed is from the source of the Runtime Interface Emulator (interop/model.go MaxPayloadSize).
"""

from dataclasses import dataclass, replace

from local_lambda.model.function import FunctionConfiguration

MAX_REQUEST_BYTES = 6 * 1024 * 1024
# Since October 2025.
MAX_ASYNCHRONOUS_BYTES = 1024 * 1024
MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, ClientContext, encoded.
MAX_CLIENT_CONTEXT_BYTES = 3583
# A function's code with its layers.
MAX_UNZIPPED_BYTES = 250 * 1024 * 1024
# Since July 2025.
MAX_STREAMED_BYTES = 200 * 1024 * 1024
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html: the time that Init has.
INIT_SECONDS = 10.0
# The same page: the longest that Shutdown takes. For an extension within the runtime it is 0.5 on AWS; a busy
# machine gets more.
SHUTDOWN_SECONDS = 2.0
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html: Init's
# time on managed instances, where the function's timeout is not longer.
MANAGED_INIT_SECONDS = 130.0
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-python-runtime.html: how many at once
# an environment takes where the template does not say. The ratio is chosen: AWS's own was not found.
CONCURRENCY_PER_VCPU = 16
GIB_PER_VCPU = 2.0
# https://docs.aws.amazon.com/lambda/latest/api/API_LambdaManagedInstancesCapacityProviderConfig.html
MAX_CONCURRENCY = 1600
# The text of botocore 1.44.8 and, for managed instances, its model's maximum. The documentation has 900 yet.
MAX_TIMEOUT = 1800
MAX_MANAGED_TIMEOUT = 5400
# https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html: API Gateway
# rejects metadata whose delimiter ends later. What a function URL does is unknown, so it is a warning there.
MAX_PRELUDE_BYTES = 16 * 1024
# How many seconds a function may be silent, by the type of the REST API's endpoint:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
IDLE_SECONDS = {"EDGE": 30.0, "REGIONAL": 300.0, "PRIVATE": 300.0}
# Events and buffered responses are held in memory, so there has to be some bound.
_UNLIMITED_BYTES = 2**40
# Runtimes compute with the deadline, so there has to be one.
_UNLIMITED_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a function and its callers may use; sizes are in bytes."""

    request: int = MAX_REQUEST_BYTES
    asynchronous: int = MAX_ASYNCHRONOUS_BYTES
    """The event of an asynchronous invocation."""
    buffered: int = MAX_RESPONSE_BYTES
    streamed: int = MAX_STREAMED_BYTES
    on: bool = True
    """Whether bandwidth, concurrency and time are limited as well."""

    def applied_to(self, function: FunctionConfiguration) -> FunctionConfiguration:
        """Return the function as it runs under these limits."""
        if self.on:
            return function
        return replace(function, timeout=_UNLIMITED_SECONDS, reserved_concurrency=None)


LIMITS = Limits()
NO_LIMITS = Limits(
    request=_UNLIMITED_BYTES,
    asynchronous=_UNLIMITED_BYTES,
    buffered=_UNLIMITED_BYTES,
    streamed=_UNLIMITED_BYTES,
    on=False,
)
