"""The handler as it will be served, without a server."""

from app import handler
from lambda_streaming.testing import function_url_event, invoke


def test_it_greets_line_by_line():
    response = invoke(handler, function_url_event("/", query="name=you"))
    assert response.status == 200
    assert response.chunks == [f"{number}. Hello, you\n".encode() for number in range(1, 6)]


def test_without_a_name_it_greets_the_world():
    assert invoke(handler, function_url_event("/")).text.startswith("1. Hello, world\n")
