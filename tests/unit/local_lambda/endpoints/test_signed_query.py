"""However a client writes a query, it is signed in one form."""

from __future__ import annotations

import pytest

from local_lambda.endpoints.signed_query import normalised


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("a=1&b=2", "a=1&b=2"),
        ("b=2&a=1", "b=2&a=1"),  # botocore sorts
        ("a&&b=", "a=&b="),
        ("a=b+c&d=%7e~&e=%2f/", "a=b%2Bc&d=~~&e=%2F%2F"),
        ("ü=1=2", "%C3%BC=1%3D2"),
    ],
)
def test_one_form(query: str, expected: str) -> None:
    assert normalised(query) == expected
