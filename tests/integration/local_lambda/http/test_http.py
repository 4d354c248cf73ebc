"""What clients do to the HTTP server: keep it alive, break off, send too much, send nonsense."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from pathlib import Path

import pytest

from tests.support.url_client import connect, exchange, read_to_end, request
from tools.local_lambda_process import LocalLambda


@pytest.fixture(scope="module")
def url(served: LocalLambda) -> str:
    return served.urls["RawBufferedFunction"]


@pytest.fixture(scope="module")
def stream(served: LocalLambda) -> str:
    return served.urls["RawFunction"]


def read_until(connection: socket.socket, end: bytes) -> bytes:
    data = b""
    while end not in data:
        piece = connection.recv(65536)
        assert piece, data
        data += piece
    return data


def test_a_connection_serves_many_requests(stream: str) -> None:
    with connect(stream) as connection:
        for _ in range(5):
            connection.sendall(b"GET /untyped HTTP/1.1\r\nHost: x\r\n\r\n")
            assert read_until(connection, b"5\r\nbytes\r\n0\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")


def test_connection_close_is_obeyed(url: str) -> None:
    answer = exchange(url, b"GET /event HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Connection: close" in head
    assert b"connection" not in body


def test_a_client_may_close_its_side_after_the_request(stream: str) -> None:
    with connect(stream) as connection:
        connection.sendall(b"GET /lines?n=3&gap=0.05 HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        assert read_to_end(connection).endswith(b"line 2\n\r\n0\r\n\r\n")


def test_expect_100_continue(url: str) -> None:
    with connect(url) as connection:
        connection.sendall(
            b"POST /event HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n"
            b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        assert connection.recv(65536) == b"HTTP/1.1 100 \r\n\r\n"
        connection.sendall(b"body")
        assert b'"body":"body"' in read_to_end(connection)


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        (
            [b"3\r\none\r\n", b"3\r\ntwo\r\n", b"1\r\n3\r\n1\r\n4\r\n", b"0\r\n\r\n"],
            b"onetwo34",
        ),
        (
            [b"3\r\none\r\n", b"3\r\ntwo\r\n2\r\n3", b"4\r\n", b"0\r\n\r\n"],
            b"onetwo34",
        ),
        ([b"3\r\none\r", b"\n3\r\ntwo", b"\r\n3;a=b\r\nsix\r\n", b"0\r\nTrailer: x\r\n\r\n"], b"onetwosix"),
        ([b"3\r\none\r\n", b"3\r\ntwo\r\n", b"x\r\n"], None),
        ([b"3\r\none\r\n", b"3\r\ntwo\r\n", b"3\r\nthree\r\n"], None),
        ([b"3\r\none", b"3\r\ntwo\r\n", b"0\r\n\r\n"], None),
    ],
)
def test_chunks_as_they_come(url: str, packets: list[bytes], expected: bytes | None) -> None:
    with connect(url) as connection:
        head = b"POST /event HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nConnection: close\r\n"
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        for packet in packets:
            time.sleep(0.02)  # so that each is read by itself; if not, the outcome is the same
            connection.sendall(packet)
        answer = read_to_end(connection)
    if expected is None:
        assert answer.startswith(b"HTTP/1.1 400 ")
    else:
        assert b'"body":"%b"' % expected in answer


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000 + b"\r\n\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\n", b"400"),
    ],
)
def test_a_bad_request_is_refused(url: str, data: bytes, status: bytes) -> None:
    answer = exchange(url, data)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"Connection: close" in answer


@pytest.mark.parametrize(
    ("size", "content_type", "status"),
    [
        (6_000_000, "text/plain", 200),
        (6_291_456, "text/plain", 413),  # with the rest of the event
        (4_600_000, "application/octet-stream", 200),
        (4_750_000, "application/octet-stream", 413),  # base64 adds a third
        (7_000_000, "application/octet-stream", 413),
    ],
)
def test_the_largest_request(url: str, size: int, content_type: str, status: int) -> None:
    answer = request(url, "/nothing", "POST", b"x" * size, {"Content-Type": content_type})
    assert answer.status == status


def test_a_request_too_large_is_refused_before_it_is_read(url: str) -> None:
    with connect(url) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
        assert read_until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 413")


def test_a_chunked_request_too_large_is_refused(url: str) -> None:
    with connect(url) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(7):
            connection.sendall(b"100000\r\n" + bytes(2**20) + b"\r\n")
        assert read_until(connection, b"\r\n\r\n").startswith(b"HTTP/1.1 413")


def test_half_a_request_holds_nobody_up(served: LocalLambda, url: str) -> None:
    with connect(url) as idle, connect(url) as half, connect(url) as body:
        half.sendall(b"GET / HTT")
        body.sendall(b"POST /event HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
        assert request(url, "/event").status == 200
        half.sendall(b"P/1.1\r\nHost: x\r\n\r\n")
        assert read_until(half, b"\r\n\r\n").startswith(b"HTTP/1.1 200")
        assert idle.fileno() > 0


def test_nothing_is_left_of_clients_that_left(served: LocalLambda, url: str, stream: str) -> None:
    request(stream, "/untyped")

    def descriptors() -> list[str]:
        found = []
        for entry in Path(f"/proc/{served.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed a moment ago
                found.append(str(entry.readlink()))
        return sorted(found)

    before = len(descriptors())
    for number in range(200):
        connection = connect(url)
        if number % 3:
            connection.sendall(
                b"GET / HTT" if number % 2 else b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n1"
            )
        if number % 5 == 0:  # a reset
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    deadline = time.monotonic() + 10
    while len(left := descriptors()) > before + 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(left) <= before + 2, left
    assert "Traceback" not in "".join(
        line for line in served.output.splitlines(True) if "Function |" not in line
    )


def test_the_api_says_where_the_functions_are(served: LocalLambda) -> None:
    answer = request(f"http://127.0.0.1:{served.port}", "/unknown")
    assert answer.status == 404
    assert served.urls["RawFunction"] in answer.json["Message"]
