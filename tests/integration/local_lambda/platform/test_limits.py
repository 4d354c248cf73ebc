"""Lambda's limits, met and lifted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from tests.support.api_client import boto_client
from tests.support.runtime_process import ROOT
from tests.support.url_client import Answer, open_request, request
from tools.local_lambda_process import LocalLambda

TEMPLATE = ROOT / "tests" / "fixtures" / "local_lambda" / "limits.yaml"
MIB = 2**20
THROTTLED = (
    b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}'
)


@pytest.fixture(scope="module")
def limited() -> Iterator[LocalLambda]:
    with LocalLambda(TEMPLATE, ports=8) as running:
        yield running


@pytest.fixture(scope="module")
def unlimited() -> Iterator[LocalLambda]:
    with LocalLambda(TEMPLATE, "--no-limits", ports=8) as running:
        yield running


def timed(url: str, path: str) -> tuple[float, Answer]:
    started = time.monotonic()
    answer = request(url, path)
    return time.monotonic() - started, answer


def test_a_fast_stream_is_slowed_after_six_mib(limited: LocalLambda) -> None:
    url = limited.urls["StreamFunction"]
    request(url, "/untyped")
    took, answer = timed(url, "/big?mb=9")
    assert answer.body == bytes(range(256)) * 4096 * 9
    assert took >= 1.4  # three of the nine at two a second, a refill less


def test_one_slowed_stream_slows_no_other(limited: LocalLambda) -> None:
    url = limited.urls["StreamFunction"]
    connection, response = open_request(url, "/big?mb=10")
    response.read(7 * MIB)
    started = time.monotonic()
    assert request(url, "/untyped").body == b"bytes"
    assert len(request(url, "/big?mb=5").body) == 5 * MIB
    others = time.monotonic() - started
    started = time.monotonic()
    assert len(response.read()) == 3 * MIB
    connection.close()
    assert others + time.monotonic() - started >= 0.9
    assert others < 10


def test_without_limits_nothing_is_slowed_or_cut(unlimited: LocalLambda) -> None:
    connection, response = open_request(unlimited.urls["StreamFunction"], "/big?mb=201")
    received = 0
    while piece := response.read(MIB):
        received += len(piece)
    connection.close()
    assert received == 201 * MIB


def test_without_limits_a_timeout_is_none(unlimited: LocalLambda) -> None:
    assert request(unlimited.urls["ImpatientFunction"], "/lines?n=3&gap=0.5").complete


def test_without_limits_requests_and_results_may_be_large(unlimited: LocalLambda) -> None:
    url = unlimited.urls["StreamFunction"]
    assert len(request(url, "/buffered?size=7000000").body) == 7_000_000
    assert request(url, "/untyped", "POST", bytes(7_000_000)).body == b"bytes"


def posted_to_rest_api(running: LocalLambda) -> Answer:
    path = f"/Prod/prelude-text?text={quote(quote('{}' + chr(0) * 8 + 'body'))}"
    return request(running.urls["ServerlessRestApi"], path, "POST", b"x" * 7_000_000)


def test_a_request_to_a_rest_api_may_be_large_without_limits(
    limited: LocalLambda, unlimited: LocalLambda
) -> None:
    rejected = posted_to_rest_api(limited)
    assert (rejected.status, rejected.json) == (413, {"message": "Request Too Long"})
    answer = posted_to_rest_api(unlimited)
    assert (answer.status, answer.body) == (200, b"body")


def test_a_call_of_the_api_may_be_large_without_limits(limited: LocalLambda, unlimited: LocalLambda) -> None:
    payload = json.dumps("x" * 7_000_000).encode()
    client = boto_client("lambda", f"http://127.0.0.1:{limited.port}")
    for kind in ("RequestResponse", "Event"):
        with pytest.raises(client.exceptions.RequestTooLargeException):
            client.invoke(FunctionName="StreamFunction", Payload=payload, InvocationType=kind)
    client = boto_client("lambda", f"http://127.0.0.1:{unlimited.port}")
    assert client.invoke(FunctionName="StreamFunction", Payload=payload)["StatusCode"] == 200
    asynchronous = client.invoke(FunctionName="StreamFunction", Payload=payload, InvocationType="Event")
    assert asynchronous["StatusCode"] == 202


def test_without_limits_reserved_concurrency_is_none(unlimited: LocalLambda) -> None:
    assert request(unlimited.urls["OffFunction"], "/buffered?body=1").body == b"1"


def check_throttled(answer: Answer) -> None:
    assert (answer.status, answer.body) == (429, THROTTLED)
    assert answer.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["x-amzn-RequestId"]
    assert answer.headers["Date"]
    assert "X-Amzn-Trace-Id" not in answer.headers


def test_reserved_concurrency(limited: LocalLambda) -> None:
    url = limited.urls["SingleFunction"]
    connection, response = open_request(url, "/lines?n=2&gap=1")
    check_throttled(request(url, "/untyped"))
    limited.wait_for("SingleFunction | [local_lambda] throttled: 1 invocations at once")
    assert response.read() == b"line 0\nline 1\n"
    connection.close()
    for _ in range(5):  # one after the other there is always room
        assert request(url, "/untyped").body == b"bytes"
    assert limited.output.count("SingleFunction | init of the raw runtime") == 1


def test_a_reservation_of_none(limited: LocalLambda) -> None:
    check_throttled(request(limited.urls["OffFunction"]))


def test_the_api_is_throttled_too(limited: LocalLambda) -> None:
    client = boto_client("lambda", f"http://127.0.0.1:{limited.port}")
    for operation in (client.invoke, client.invoke_with_response_stream):
        with pytest.raises(client.exceptions.TooManyRequestsException) as caught:
            operation(FunctionName="OffFunction", Payload=b"{}")
        assert isinstance(caught.value, ClientError)
        assert dict(caught.value.response)["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_a_rest_api_is_throttled_too(limited: LocalLambda) -> None:
    answer = request(limited.urls["ServerlessRestApi"], "/Prod/off")
    assert (answer.status, answer.json) == (500, {"message": "Internal server error"})


def test_a_stream_that_nobody_ends(limited: LocalLambda) -> None:
    url = limited.urls["ImpatientFunction"]
    assert not request(url, "/sleep?after=10").complete
    limited.wait_for("the response stream was still open at the timeout: does the handler end it?")
    assert request(url, "/sleep").status == 502
    limited.wait_for("nothing had been written at the timeout")


def test_a_prelude_without_a_body(limited: LocalLambda) -> None:
    url = limited.urls["StreamFunction"]
    for status in (204, 302):
        assert request(url, f"/empty-body?status={status}").status == status
    assert request(url, "/nothing").status == 200
    limited.wait_for("its prelude included: the client got 200")
    assert limited.output.count("the prelude had no body") == 1  # a 204 cannot have one


def test_extensions_and_restoring(limited: LocalLambda) -> None:
    answers = request(limited.urls["StreamFunction"], "/beside").json
    assert answers["restore"][0] == 404
    assert answers["restore error"][0] == 404
    status, body = answers["register"]
    assert status == 200
    assert '"functionName": "StreamFunction"' in body
    assert answers["telemetry"][0] == 202
    limited.wait_for("no events are delivered to extensions here")
