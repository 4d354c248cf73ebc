"""What responses of all endpoints have in common."""

from __future__ import annotations

from local_lambda.endpoints.response import content_length
from local_lambda.http.message import HttpResponse


def test_the_length_of_what_has_a_body() -> None:
    assert content_length(HttpResponse(200, [], b"abc")) == [("Content-Length", "3")]
    assert content_length(HttpResponse(204)) == []
