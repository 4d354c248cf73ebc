"""Errors of the Lambda API, as SDKs see them."""

from __future__ import annotations

import json

import pytest

from local_lambda.endpoints.lambda_api import errors
from local_lambda.endpoints.lambda_api.errors import ApiError
from tests.support.parsed_by_botocore import parsed


@pytest.mark.parametrize(
    ("error", "status", "code", "text"),
    [
        (errors.function_not_found("arn"), 404, "ResourceNotFoundException", "Function not found: arn"),
        (errors.invalid_parameter("no"), 400, "InvalidParameterValueException", "no"),
        (errors.invalid_request_content("no"), 400, "InvalidRequestContentException", "no"),
        (
            errors.request_too_large(5),
            413,
            "RequestTooLargeException",
            "Request must be smaller than 5 bytes for the InvokeFunction operation",
        ),
        (
            errors.too_many_requests("ReservedFunctionConcurrentInvocationLimitExceeded"),
            429,
            "TooManyRequestsException",
            "Rate Exceeded.",
        ),
    ],
)
def test_errors_are_modelled(error: ApiError, status: int, code: str, text: str) -> None:
    assert error.response.status == status
    result = parsed("lambda", "Invoke", error.response)
    assert result["Error"] == {"Code": code, "Message": text}
    assert result["modelled"]
    assert json.loads(error.response.body)["Type"] == "User"
