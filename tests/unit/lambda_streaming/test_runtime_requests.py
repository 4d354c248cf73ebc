from __future__ import annotations

import pytest

from lambda_streaming._invocation import Invocation
from lambda_streaming._runtime_requests import RuntimeRequests
from tests.support.wire import read_request

REQUESTS = RuntimeRequests("127.0.0.1:9001", "agent/1")
PLAIN = Invocation({"lambda-runtime-aws-request-id": "8476a536"}, b"")
ECHOING = Invocation(
    {"lambda-runtime-aws-request-id": "8476a536", "lambda-runtime-invocation-id": "attempt-2"}, b""
)
COMMON = b"Host: 127.0.0.1:9001\r\nUser-Agent: agent/1\r\n"


def test_next() -> None:
    assert REQUESTS.next() == b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n" + COMMON + b"\r\n"


def test_restore_next() -> None:
    assert REQUESTS.restore_next() == b"GET /2018-06-01/runtime/restore/next HTTP/1.1\r\n" + COMMON + b"\r\n"


def test_response() -> None:
    assert REQUESTS.response(PLAIN, "application/json", b'{"a": 1}') == (
        b"POST /2018-06-01/runtime/invocation/8476a536/response HTTP/1.1\r\n"
        + COMMON
        + b'Content-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
    )


def test_streaming_head() -> None:
    assert REQUESTS.streaming_head(PLAIN, "text/plain") == (
        b"POST /2018-06-01/runtime/invocation/8476a536/response HTTP/1.1\r\n"
        + COMMON
        + b"Lambda-Runtime-Function-Response-Mode: streaming\r\n"
        b"Transfer-Encoding: chunked\r\n"
        b"Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n"
        b"Content-Type: text/plain\r\n\r\n"
    )


def test_error() -> None:
    assert REQUESTS.error(PLAIN, "ValueError", b"{}", b'{"x": 1}') == (
        b"POST /2018-06-01/runtime/invocation/8476a536/error HTTP/1.1\r\n"
        + COMMON
        + b"Content-Type: application/json\r\n"
        b"Lambda-Runtime-Function-Error-Type: ValueError\r\n"
        b'Lambda-Runtime-Function-XRay-Error-Cause: {"x": 1}\r\n'
        b"Content-Length: 2\r\n\r\n{}"
    )


@pytest.mark.parametrize("phase", ["init", "restore"])
def test_errors_outside_an_invocation(phase: str) -> None:
    made = (
        REQUESTS.init_error("Runtime.X", b"{}")
        if phase == "init"
        else REQUESTS.restore_error("Runtime.X", b"{}")
    )
    assert made == (
        f"POST /2018-06-01/runtime/{phase}/error HTTP/1.1\r\n".encode()
        + COMMON
        + b"Content-Type: application/json\r\n"
        b"Lambda-Runtime-Function-Error-Type: Runtime.X\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )


def test_the_invocation_id_is_echoed() -> None:
    for made in (
        REQUESTS.response(ECHOING, "a/b", b""),
        REQUESTS.streaming_head(ECHOING, "a/b") + b"0\r\n\r\n",
        REQUESTS.error(ECHOING, "E", b"", b""),
    ):
        request = read_request(made)
        assert request.complete
        assert request.headers["lambda-runtime-invocation-id"] == "attempt-2"
        assert request.target.startswith("/2018-06-01/runtime/invocation/8476a536/")


def test_error_type_is_made_ascii() -> None:
    request = read_request(REQUESTS.error(PLAIN, "Žluť\r\nX: y", b"", b""))
    assert request.headers["lambda-runtime-function-error-type"] == "%C5%BDlu%C5%A5%0D%0AX: y"


def test_an_oversized_xray_cause_is_left_out() -> None:
    name = "lambda-runtime-function-xray-error-cause"
    assert name not in read_request(REQUESTS.error(PLAIN, "E", b"{}", b"x" * 1024 * 1024)).headers
    assert name in read_request(REQUESTS.error(PLAIN, "E", b"{}", b"x" * (1024 * 1024 - 1))).headers


def test_length_is_in_bytes() -> None:
    body = '"ž日"'.encode()
    assert read_request(REQUESTS.response(PLAIN, "application/json", body)).body == body
