"""REST APIs whose integrations stream, driven by a runtime that is written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.integration.local_lambda.conftest import TEMPLATE
from tests.support.url_client import Answer, connect, open_request, read_to_end, request
from tools.local_lambda_process import LocalLambda

NULS = "\0" * 8


@pytest.fixture(scope="module")
def serving() -> Iterator[LocalLambda]:
    with LocalLambda(TEMPLATE.with_name("rest_api.yaml")) as running:
        yield running


@pytest.fixture(scope="module")
def url(serving: LocalLambda) -> str:
    return serving.urls["ServerlessRestApi"]


def answer_to(url: str, text: str, **query: str) -> Answer:
    """The client's answer when the function streams ``text``."""
    parameters = "".join(f"&{name}={quote(value)}" for name, value in query.items())
    return request(url, f"/Prod/prelude-text?text={quote(quote(text))}{parameters}")


def test_what_is_printed(serving: LocalLambda) -> None:
    port = serving.port
    assert serving.urls == {
        "RawFunction": f"http://127.0.0.1:{port + 1}/",
        "ServerlessRestApi": f"http://127.0.0.1:{port + 2}/Prod/",
        "SecondApi": f"http://127.0.0.1:{port + 3}/test/",
    }
    assert "RawFunction: GET /buffered of its REST API is not served here" in serving.output


def test_metadata_is_parsed_whatever_the_content_type(url: str) -> None:
    metadata: dict[str, Any] = {
        "statusCode": 201,
        "headers": {"X-Both": "single", "X-One": "1", "Server": "mine"},
        "multiValueHeaders": {"x-both": ["a", "b"]},
        "cookies": ["c=1", "d=2"],
    }
    for content_type in ("application/vnd.awslambda.http-integration-response", "text/html"):
        answer = answer_to(url, json.dumps(metadata) + NULS + "body", type=content_type)
        assert (answer.status, answer.body) == (201, b"body")
        assert answer.headers.get_all("X-Both") == ["a", "b"]
        assert answer.headers["X-One"] == "1"
        assert answer.headers.get_all("Set-Cookie") == ["c=1", "d=2"]
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert answer.headers["x-amzn-Remapped-Server"] == "mine"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Hello, World!", "expected a JSON object"),
        ('{"statusCode":200,"body":"x"}', "ended without metadata and eight NUL bytes"),
        ('{"statusCode":200,"body":"x"}' + NULS, "API Gateway takes no prelude with body in it"),
        ('{"statusCode":"many"}' + NULS, "statusCode must be a number"),
        ('{"multiValueHeaders":{"a":"b"}}' + NULS, "multiValueHeaders must be an object of lists"),
        ('{"headers":{"a b":"c"}}' + NULS, "cannot be the value of the header"),
        ('{"headers":{"content-length":"x"}}' + NULS, "cannot be the value of the header"),
        (" " * (16 * 1024) + "{}" + NULS, "no eight NUL bytes within 16384 bytes"),
    ],
)
def test_what_does_not_conform_is_a_500(serving: LocalLambda, url: str, text: str, reason: str) -> None:
    answer = answer_to(url, text)
    assert (answer.status, answer.json) == (500, {"message": "Internal server error"})
    serving.wait_for(reason)


def test_the_last_place_for_the_delimiter(url: str) -> None:
    assert answer_to(url, " " * (16 * 1024 - 10) + "{}" + NULS + "body").body == b"body"
    assert answer_to(url, " " * (16 * 1024 - 9) + "{}" + NULS + "body").status == 500


def test_a_stream_of_nothing_is_a_500(url: str) -> None:
    assert request(url, "/Prod/nothing").status == 500


def test_a_failure_before_the_first_byte(url: str) -> None:
    answer = request(url, "/Prod/error")
    assert (answer.status, answer.json) == (502, {"message": "Internal server error"})


@pytest.mark.parametrize(("length", "complete"), [("4", True), ("3", False), ("9", False)])
def test_a_content_length_is_kept(url: str, length: str, complete: bool) -> None:
    answer = answer_to(url, '{"headers":{"Content-Length":"' + length + '"}}' + NULS + "body")
    assert answer.headers["Content-Length"] == length
    assert "Transfer-Encoding" not in answer.headers
    assert answer.complete is complete


def test_head_and_statuses_without_a_body(url: str) -> None:
    text = quote(quote('{"statusCode":204,"headers":{"content-length":"0"}}' + NULS))
    with connect(url) as connection:
        for method in ("GET", "HEAD"):
            line = f"{method} /Prod/prelude-text?text={text} HTTP/1.1\r\nHost: x\r\n"
            closing = "Connection: close\r\n" if method == "HEAD" else ""
            connection.sendall(f"{line}{closing}\r\n".encode())
        assert read_to_end(connection).count(b"HTTP/1.1 204") == 2


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/", "Forbidden"),
        ("/prod/event", "Forbidden"),
        ("/Production/event", "Forbidden"),
        ("/Prod", "Missing Authentication Token"),
        ("/Prod/", "Missing Authentication Token"),
    ],
)
def test_what_the_api_does_not_know(url: str, path: str, message: str) -> None:
    answer = request(url, path)
    assert (answer.status, answer.json) == (403, {"message": message})


def test_a_method_that_the_resource_does_not_have(serving: LocalLambda) -> None:
    assert request(serving.urls["SecondApi"], "/test/event").json == {
        "message": "Missing Authentication Token"
    }


def test_a_request_too_large(url: str) -> None:
    answer = request(url, "/Prod/event", "POST", b"x" * 6_291_456)
    assert (answer.status, answer.json) == (413, {"message": "Request Too Long"})


def test_a_function_may_have_a_url_and_an_api(serving: LocalLambda, url: str) -> None:
    assert request(serving.urls["RawFunction"], "/lines?n=1&gap=0").body == b"line 0\n"
    assert answer_to(url, "{}" + NULS + "x").body == b"x"


def test_a_client_may_leave(serving: LocalLambda, url: str) -> None:
    text = quote(quote("{}" + NULS + "x" * 1000))
    connection, response = open_request(url, f"/Prod/prelude-text?text={text}")
    assert response.status == 200
    connection.close()
    response.close()
    assert answer_to(url, "{}" + NULS + "next").body == b"next"
