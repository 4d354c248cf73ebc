"""The metadata of a stream as API Gateway reads them; how long it waits for a function."""

from __future__ import annotations

from typing import Any

import pytest

from local_lambda.endpoints.prelude import Prelude
from local_lambda.endpoints.response import InvalidResult
from local_lambda.endpoints.rest_api.response import head_of, idle_failure
from local_lambda.http.message import Headers


def test_a_function_that_falls_silent() -> None:
    failure = idle_failure(30.0)
    assert (failure.response.status, failure.response.body) == (
        504,
        b'{"message":"Endpoint request timed out"}',
    )
    assert failure.warning == "the client was left after 30 idle seconds; the function runs on"


@pytest.mark.parametrize(
    ("prelude", "headers"),
    [
        (Prelude(), [("Content-Type", "application/json")]),
        (
            Prelude(headers={"X-A": 1, "content-type": "a/b"}, multi_value_headers={"x-a": ["b", "c"]}),
            [("content-type", "a/b"), ("x-a", "b"), ("x-a", "c")],
        ),
        (
            Prelude(headers={"content-type": "a/b"}, cookies=["c=d"]),
            [("content-type", "a/b"), ("Set-Cookie", "c=d")],
        ),
        (
            Prelude(headers={"content-type": "a/b", "content-length": 3, "transfer-encoding": "chunked"}),
            [("content-type", "a/b"), ("Content-Length", "3")],
        ),
        (
            Prelude(status=204, headers={"content-type": "a/b", "content-length": 0}),
            [("content-type", "a/b")],
        ),
    ],
)
def test_a_head(prelude: Prelude, headers: Headers) -> None:
    assert head_of(prelude).headers == headers


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"ignored": ["body", "multiValueHeaders"]}, "API Gateway takes no prelude with body in it"),
        ({"multi_value_headers": {"a": "b"}}, "multiValueHeaders must be an object of lists"),
        ({"headers": {"content-length": "x"}}, "cannot be the value of the header"),
        ({"headers": {"content-length": "٣"}}, "cannot be the value of the header"),
        ({"headers": {"content-length": "9" * 5000}}, "cannot be the value of the header"),
        ({"status": 600}, "statusCode must be a number"),
    ],
)
def test_metadata_that_are_not_valid(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidResult, match=reason):
        head_of(Prelude(**values))
