"""A BUFFERED response, collected in pieces and then interpreted; the headers that both modes get."""

from __future__ import annotations

import pytest

from local_lambda.endpoints.function_url.response import BufferedResponse, UrlPolicy
from local_lambda.endpoints.prelude import DELIMITER, INTEGRATION_CONTENT_TYPE
from local_lambda.endpoints.streaming import Action, Warn, Whole
from local_lambda.http.message import HttpResponse
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead

CORS = [("Access-Control-Allow-Origin", "https://a.example"), ("Vary", "Origin")]
INTEGRATION = ResponseHead(True, INTEGRATION_CONTENT_TYPE)
RESULT = ResponseHead(False, "application/json")
TOLD = FunctionError("ValueError", b'{"errorType":"ValueError","errorMessage":"no"}', in_trailers=True)
DOUBLED = '{"statusCode":200,"headers":{"access-control-allow-origin":"*"}}'


def run(
    head: ResponseHead, pieces: list[bytes], error: FunctionError | None = None
) -> tuple[HttpResponse, list[str]]:
    """Return the response and the warnings."""
    response = BufferedResponse(UrlPolicy(Invocation("an-id", b"{}", "Root=1"), CORS))
    actions: list[Action] = response.start(head)
    for piece in pieces:
        actions += response.data(piece)
    assert (actions, response.served) == ([], False)
    *before, whole = response.end(error)
    assert isinstance(whole, Whole)
    return whole.response, [action.text for action in before if isinstance(action, Warn)]


def test_a_result() -> None:
    response, warnings = run(RESULT, [b'"he', b'llo"'])
    assert (response.status, response.body, warnings) == (200, b"hello", [])
    assert response.headers == [
        *CORS,
        ("Content-Type", "application/json"),
        ("Content-Length", "5"),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", "an-id"),
        ("X-Amzn-Trace-Id", "Root=1"),
    ]


def test_a_stream_is_collected_and_its_prelude_applied() -> None:
    response, warnings = run(
        INTEGRATION, [b'{"statusCode":418,"status":1}' + DELIMITER[:3], DELIMITER[3:] + b"x"]
    )
    assert (response.status, response.body) == (418, b"x")
    assert warnings == ["the prelude's key 'status' has no effect on a function URL"]


def test_an_empty_stream_is_a_200() -> None:
    response, warnings = run(INTEGRATION, [])
    assert (response.status, response.body, warnings) == (200, b"", [])


@pytest.mark.parametrize(
    ("head", "pieces", "error", "status", "warning"),
    [
        (RESULT, [b"{}"], FunctionError.of("ValueError", "no"), 502, "ValueError: no"),
        (INTEGRATION, [b"part"], TOLD, 502, "ValueError: no"),
        (INTEGRATION, [b"no prelude"], None, 502, "the prelude is not valid"),
        (INTEGRATION, [b"{"], None, 502, "the prelude is not valid"),
        (RESULT, [b'{"statusCode":99}'], None, 500, "the client got 500"),
    ],
)
def test_what_cannot_be_passed_on(
    head: ResponseHead, pieces: list[bytes], error: FunctionError | None, status: int, warning: str
) -> None:
    response, warnings = run(head, pieces, error)
    assert response.status == status
    assert warning in warnings[0]


def test_headers_of_both_the_url_and_the_function() -> None:
    _, warnings = run(RESULT, [DOUBLED.encode()])
    assert warnings == [
        "the client got access-control-allow-origin twice, from the URL's Cors and from the function: "
        "browsers reject that"
    ]
