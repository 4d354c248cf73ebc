"""RESPONSE_STREAM URLs, driven by a runtime that is written by hand."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.integration.local_lambda.conftest import TEMPLATE
from tests.support.url_client import Answer, connect, exchange, open_request, read_to_end, request
from tools.local_lambda_process import LocalLambda


@pytest.fixture(scope="module")
def short(served: LocalLambda) -> str:
    return served.urls["ShortFunction"]


def test_bytes_arrive_as_they_are_written(url: str) -> None:
    connection, response = open_request(url, "/lines?n=10&gap=0.05")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Transfer-Encoding"] == "chunked"
    times = []
    for i in range(10):
        assert response.readline() == f"line {i}\n".encode()
        times.append(time.monotonic())
    assert response.read() == b""
    connection.close()
    assert times[9] - times[0] >= 0.35  # nine gaps of 50 ms


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 1000])
def test_a_prelude_may_be_cut_anywhere(url: str, size: int) -> None:
    answer = request(url, f"/odd-cuts?size={size}")
    assert answer.status == 201
    assert answer.headers["X-One"] == "1"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.body == b"\0\0body\0\0"


@pytest.mark.parametrize("status", [204, 301, 304])
def test_a_prelude_without_a_body_answers_at_once(url: str, status: int) -> None:
    started = time.monotonic()
    connection, response = open_request(url, f"/empty-body?status={status}&wait=20")
    assert (response.status, response.headers["Location"]) == (status, "/there")
    assert time.monotonic() - started < 10
    if status != 301:
        assert response.read() == b""
        assert time.monotonic() - started < 10
    connection.close()


def test_head_answers_at_once_and_the_connection_is_free(url: str) -> None:
    started = time.monotonic()
    with connect(url) as connection:
        head = b"HEAD /empty-body?status=200&wait=20 HTTP/1.1\r\nHost: x\r\n\r\n"
        follow = b"GET /untyped HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(head + follow)
        answers = read_to_end(connection)
    assert answers.count(b"HTTP/1.1 200") == 2
    assert answers.endswith(b"5\r\nbytes\r\n0\r\n\r\n")
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no json" + "\0" * 8, "expected JSON, read b'no json'"),
        ("no json", "expected a JSON object, read b'no json'"),
        ("[1]" + "\0" * 8, "expected a JSON object"),
        ('{"statusCode": 2' + "\0" * 8, "expected JSON"),
        ('{"statusCode": 200}' + "\0" * 7, "without eight NUL bytes"),
        ('{"headers": []}' + "\0" * 8 + "body", ""),
    ],
)
def test_an_invalid_prelude_is_a_502(served: LocalLambda, url: str, text: str, reason: str) -> None:
    answer = request(url, f"/prelude-text?text={quote(quote(text))}")
    if reason:
        assert (answer.status, answer.body) == (502, b"Internal Server Error")
        served.wait_for(reason)
    else:
        assert (answer.status, answer.body) == (200, b"body")


def test_an_impossible_status_is_a_500(url: str) -> None:
    text = '{"statusCode": 99}' + "\0" * 8
    answer = request(url, f"/prelude-text?text={quote(quote(text))}")
    assert (answer.status, answer.json) == (500, {"message": None})
    assert answer.headers["x-amzn-ErrorType"] == "InternalFailure"


def test_the_platform_s_own_headers_are_remapped(served: LocalLambda, url: str) -> None:
    answer = request(url, "/headers")
    assert answer.body == b"hello\n"
    for name in ("WWW-Authenticate", "content-length", "Server", "Date", "Connection", "Transfer-Encoding"):
        assert answer.headers[f"x-amzn-Remapped-{name}"] == "6"
    assert answer.headers.get_all("Transfer-Encoding") == ["chunked"]
    assert answer.headers.get_all("Connection") == ["keep-alive"]
    assert "Content-Length" not in answer.headers
    served.wait_for("the header WWW-Authenticate reaches the client as x-amzn-Remapped-WWW-Authenticate")


def test_without_prelude_and_type_it_is_octets(url: str) -> None:
    answer = request(url, "/untyped")
    assert (answer.status, answer.body) == (200, b"bytes")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    names = [name.lower() for name in answer.headers]
    for name in ("date", "connection", "x-amzn-requestid", "x-amzn-trace-id", "transfer-encoding"):
        assert names.count(name) == 1


def test_a_stream_without_a_byte_is_an_empty_200(url: str) -> None:
    answer = request(url, "/nothing")
    assert (answer.status, answer.body, answer.complete) == (200, b"", True)
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("path", ["/error", "/error-at-once", "/exit?status=3"])
def test_an_error_before_the_first_byte_is_a_502(url: str, path: str) -> None:
    answer = request(url, path)
    assert (answer.status, answer.body) == (502, b"Internal Server Error")
    assert answer.headers["Content-Length"] == "21"
    assert request(url, "/untyped").body == b"bytes"


@pytest.mark.parametrize(
    ("path", "written", "reason"),
    [
        ("/truncated", b"half of", "Runtime.TruncatedResponse: HTTP request detected as truncated"),
        ("/garbage", b"good", "Runtime.TruncatedResponse: HTTP request detected as truncated"),
        ("/exit?after=1000&status=5", b"x" * 1000, "Runtime exited with error: exit status 5"),
    ],
)
def test_after_the_first_byte_the_answer_is_cut(
    served: LocalLambda, url: str, path: str, written: bytes, reason: str
) -> None:
    answer = request(url, path)
    assert (answer.status, answer.body, answer.complete) == (200, written, False)
    served.wait_for(reason)
    assert request(url, "/untyped").body == b"bytes"


@pytest.mark.parametrize(
    ("path", "written", "warning"),
    [
        ("/error-after?gap=0.1", b"before the error", "FAILED after 16 bytes, and THE CLIENT CANNOT TELL"),
        ("/error-after", b"before the error", "FAILED after 16 bytes, and THE CLIENT CANNOT TELL"),
        ("/error-then-exit", b"partial response", "FAILED after 16 bytes, and THE CLIENT CANNOT TELL"),
        ("/go?n=1&gap=0&error=1", b"piece 0\n", "FAILED after 8 bytes, and THE CLIENT CANNOT TELL"),
    ],
)
def test_an_error_told_in_trailers_is_a_clean_end(
    served: LocalLambda, url: str, path: str, written: bytes, warning: str
) -> None:
    answer = request(url, path)
    assert (answer.body, answer.complete) == (written, True)
    served.wait_for(warning)
    served.wait_for("ValueError: after the first byte")
    assert request(url, "/untyped").body == b"bytes"


def test_curl_does_not_see_an_error_told_in_trailers(url: str) -> None:
    command = ["curl", "--fail", "--silent", "--show-error", f"{url}error-then-exit"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"partial response", b"")
    cut = [*command[:-1], f"{url}exit?after=10"]
    assert subprocess.run(cut, capture_output=True, timeout=60, check=False).returncode == 18


def test_a_runtime_that_does_not_say_that_it_streams(url: str) -> None:
    """Its pieces arrive as they come, for the invocation streams: AWS's Go runtime is such a one."""
    connection, response = open_request(url, "/go?n=2&gap=1")
    assert (response.status, response.readline()) == (201, b"piece 0\n")
    began = time.monotonic()
    assert response.read() == b"piece 1\n"
    assert time.monotonic() - began > 0.5
    connection.close()


def test_a_buffered_result_over_6_mib_passes_where_the_invocation_streams(url: str) -> None:
    answer = request(url, "/buffered?size=7000000")
    assert (answer.status, len(answer.body), answer.complete) == (200, 7_000_000, True)


def test_a_cut_is_a_reset_where_there_are_no_chunks(url: str) -> None:
    with pytest.raises(ConnectionResetError):
        exchange(url, b"GET /exit?after=10 HTTP/1.0\r\n\r\n")


def test_http_1_0_ends_with_the_connection(url: str) -> None:
    head, _, body = exchange(url, b"GET /untyped HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")
    assert body == b"bytes"
    assert b"Transfer-Encoding" not in head


def test_a_runtime_that_exits_after_its_response_has_answered(served: LocalLambda, url: str) -> None:
    answer = request(url, "/exit-complete")
    assert (answer.status, answer.body, answer.complete) == (200, b"complete", True)
    served.wait_for("Runtime exited without providing a reason")


def test_undeclared_trailers_are_dropped_with_a_warning(served: LocalLambda, url: str) -> None:
    answer = request(url, "/undeclared")
    assert (answer.body, answer.complete) == (b"all of it", True)
    served.wait_for("the trailer lambda-runtime-function-error-type was dropped")


def test_timeout_before_the_first_byte(served: LocalLambda, short: str) -> None:
    answer = request(short, "/sleep")
    assert (answer.status, answer.body) == (502, b"Internal Server Error")
    served.wait_for(f"{answer.headers['x-amzn-RequestId']} Task timed out after 1.00 seconds")
    assert request(short, "/untyped").body == b"bytes"


def test_timeout_after_the_first_byte(served: LocalLambda, short: str) -> None:
    answer = request(short, "/sleep?after=100000")
    assert (answer.status, answer.body, answer.complete) == (200, b"x" * 100_000, False)
    served.wait_for(f"{answer.headers['x-amzn-RequestId']} Task timed out after 1.00 seconds")
    served.wait_for("Status: timeout")


def test_timeout_while_the_client_does_not_read(short: str) -> None:
    connection, response = open_request(short, "/big?mb=50")
    assert response.read(1000)
    assert request(short, "/untyped").body == b"bytes"
    time.sleep(1.5)  # beyond the timeout of the one that nobody reads
    assert not Answer(response).complete
    connection.close()
    assert request(short, "/untyped").body == b"bytes"


def test_a_buffered_result_is_passed_on_raw(served: LocalLambda, url: str) -> None:
    text = '{"statusCode": 404, "body": "x"}'
    answer = request(url, f"/buffered?body={quote(quote(text))}")
    assert (answer.status, answer.body) == (200, text.encode())
    assert answer.headers["Content-Type"] == "application/json"
    served.wait_for("a RESPONSE_STREAM URL does not interpret it")


def test_the_largest_buffered_result(served: LocalLambda) -> None:
    url = served.urls["RawBufferedFunction"]
    assert len(request(url, "/buffered?size=6291556").body) == 6_291_554  # without the quotes
    answer = request(url, "/buffered?size=6291557")
    assert (answer.status, answer.body) == (502, b"Internal Server Error")
    served.wait_for("buffered post answered 413")
    served.wait_for("Exceeded maximum allowed payload size (6291556 bytes).")


def test_a_client_that_leaves_does_not_end_the_function(served: LocalLambda, url: str) -> None:
    connection, response = open_request(url, "/lines?n=20&gap=0.05")
    started = served.output.count("RawFunction | init of the raw runtime")
    request_id = response.headers["x-amzn-RequestId"]
    response.readline()
    connection.close()
    response.close()
    served.wait_for(f"END RequestId: {request_id}")
    served.wait_for("the client left after")
    assert request(url, "/untyped").body == b"bytes"
    assert served.output.count("RawFunction | init of the raw runtime") == started


def resident_kb(pid: int) -> int:
    fields = Path(f"/proc/{pid}/status").read_text().split()
    return int(fields[fields.index("VmRSS:") + 1])


@pytest.fixture
def unlimited() -> Iterator[LocalLambda]:
    with LocalLambda(TEMPLATE, "--no-limits", ports=12) as running:
        yield running


def test_200_mb_pass_in_constant_memory(unlimited: LocalLambda) -> None:
    url = unlimited.urls["RawFunction"]
    request(url, "/big?mb=5")
    before = resident_kb(unlimited.pid)
    connection, response = open_request(url, "/big?mb=200")
    expected, received, peak = bytes(range(256)) * 4096, 0, before
    while received < 200 * 2**20:
        data = response.read(2**20)
        assert data == expected
        received += len(data)
        if received % (20 * 2**20) == 0:
            time.sleep(0.05)  # slower than the function
            peak = max(peak, resident_kb(unlimited.pid))
    assert response.read() == b""
    connection.close()
    assert peak - before < 10_000


def test_calls_out_of_order_are_refused(served: LocalLambda, url: str) -> None:
    answer = request(url, "/refusals")
    transition = '{{"errorMessage": "State transition from {} to {} failed for runtime. '
    transition += 'Error: State transition is not allowed", "errorType": "InvalidStateTransition"}}\n'
    invalid_id = '{"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}\n'
    assert answer.json == {
        "ping": [200, "pong"],
        "unknown": [404, "404 page not found\n"],
        "method": [405, ""],
        "restore": [404, "404 page not found\n"],
        "init error": [403, transition.format("Running", "InitError")],
        "wrong id": [400, invalid_id],
        "wrong id, error": [400, invalid_id],
        "next again": [200, answer.headers["x-amzn-RequestId"]],
        "next while responding": [403, transition.format("InvocationResponse", "Ready")],
    }
    for wanted in ("InvocationErrorResponse", "InvocationResponse"):
        refusal = transition.format("RuntimeResponseSentState", wanted)
        served.wait_for(f"late post answered 403 {refusal.strip()}")


def test_an_invalid_response_mode(served: LocalLambda, url: str) -> None:
    answer = request(url, "/invalid-mode")
    assert answer.status == 502
    served.wait_for("invalid mode answered (400")
    served.wait_for("State transition from InvocationResponse to Ready failed")


def test_a_runtime_may_expect_100_continue(served: LocalLambda, url: str) -> None:
    assert request(url, "/expect-continue").body == b"{}"
    served.wait_for("interim b'HTTP/1.1 100 \\r\\n\\r\\n' 202")
