"""The responses of API Gateway itself."""

from __future__ import annotations

import json

import pytest

from local_lambda.endpoints.rest_api import errors
from local_lambda.http.message import HttpResponse


@pytest.mark.parametrize(
    ("response", "status", "error_type", "text"),
    [
        (errors.forbidden(), 403, "ForbiddenException", "Forbidden"),
        (errors.no_such_route(), 403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
        (errors.request_too_large(), 413, "RequestTooLargeException", "Request Too Long"),
        (errors.internal(), 500, "InternalServerErrorException", "Internal server error"),
        (errors.bad_gateway(), 502, "InternalServerErrorException", "Internal server error"),
        (errors.timed_out(), 504, "InternalServerErrorException", "Endpoint request timed out"),
    ],
)
def test_the_responses(response: HttpResponse, status: int, error_type: str, text: str) -> None:
    assert response.status == status
    assert dict(response.headers) == {"Content-Type": "application/json", "x-amzn-ErrorType": error_type}
    assert json.loads(response.body) == {"message": text}
