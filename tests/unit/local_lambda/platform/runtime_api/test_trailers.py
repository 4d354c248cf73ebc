"""The trailers of a response."""

from __future__ import annotations

import base64
import json

from local_lambda.platform.invocation import FunctionError
from local_lambda.platform.runtime_api.trailers import declared, error_in


def test_only_declared_trailers_count() -> None:
    trailers = [("a", "1"), ("b", "2"), ("c", "3")]
    assert declared(trailers, "A , c,d") == ({"a": "1", "c": "3"}, ["b"])
    assert declared(trailers, None) == ({}, ["a", "b", "c"])
    assert declared([], "a") == ({}, [])


def test_the_error_in_trailers() -> None:
    body = json.dumps({"errorType": "ValueError", "errorMessage": "no"}).encode()
    names = {
        "lambda-runtime-function-error-type": "ValueError",
        "lambda-runtime-function-error-body": base64.b64encode(body).decode(),
    }
    error = error_in(names)
    assert error == FunctionError("ValueError", body, in_trailers=True)
    assert str(error) == "ValueError: no"
    assert error_in({}) is None
    assert error_in({"lambda-runtime-function-error-body": "no base64"}) == FunctionError(
        "Runtime.Unknown", b"no base64", in_trailers=True
    )
