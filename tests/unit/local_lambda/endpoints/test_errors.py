"""Errors that all endpoints have."""

from __future__ import annotations

from local_lambda.endpoints.errors import too_many_requests
from local_lambda.platform.function import Throttled


def test_the_body_of_a_429() -> None:
    answer = too_many_requests(str(Throttled()))
    assert (answer.status, dict(answer.headers)["x-amzn-ErrorType"]) == (429, "TooManyRequestsException")
    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert answer.body == b'{"Reason":"%b","Type":"User","message":"Rate Exceeded."}' % reason.encode()
