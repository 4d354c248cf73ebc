from __future__ import annotations

import h11
import pytest

from local_lambda.http.request_head import begun, check_headers, check_line, explanation, has_line

LINE = b"GET /a?b HTTP/1.1\r\n"


@pytest.mark.parametrize("empty", [b"", b"\r\n", b"\n", b"\r\n\r\n\n"])
def test_empty_lines_are_skipped_however_they_are_cut(empty: bytes) -> None:
    whole = empty + LINE
    for at in range(len(whole)):
        data = begun(begun(whole[:at]) + whole[at:])
        assert data == LINE
        check_line(data)


def test_a_line_is_waited_for_unless_none_can_come() -> None:
    assert not any(map(has_line, (b"", b"\r", b"GET / HTTP/1.1\r", b"nonsense")))
    assert all(map(has_line, (LINE, b"\x16\x03", b"\0", b" GET", b"\rGET")))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET / HTTP/0.9", 505),
        (b"PRI * HTTP/2.0", 505),
        (b"GET / HTTP/10.1", 505),
        (b"GET / HTTP/1", 400),
        (b"GET /", 400),
        ("GET / HTTP/1.\u0661".encode(), 400),
        (b"G\xc9T / HTTP/1.1", 400),
        (b"\x16\x03\x01", 400),
    ],
)
def test_a_line_that_is_refused(line: bytes, status: int) -> None:
    with pytest.raises(h11.RemoteProtocolError) as refused:
        check_line(line + b"\r\n")
    assert refused.value.error_status_hint == status


@pytest.mark.parametrize("line", [b"GET / HTTP/1.0", b"M-SEARCH * HTTP/1.1", b"GET / HTTP/1.2"])
def test_a_line_that_is_taken(line: bytes) -> None:
    check_line(line + b"\r\n")
    check_line(line + b"\n")


def test_headers_are_counted_and_measured() -> None:
    headers = [("Host", "x"), *((f"X-{number}", "v") for number in range(1999))]
    request = h11.Request(method="GET", target="/", headers=headers)
    check_headers(request, 64 * 1024)
    for more, most in ((("X", "v"), 64 * 1024), (("X", "y" * 9000), 9000)):
        with pytest.raises(h11.RemoteProtocolError) as refused:
            check_headers(h11.Request(method="GET", target="/", headers=[*headers, more]), most)
        assert refused.value.error_status_hint == 431


def test_what_h11_says_of_a_request_is_told_without_the_request_s_own_bytes() -> None:
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(b"GET / HTTP/1.1\r\n<script>\r\n\r\n")
    with pytest.raises(h11.RemoteProtocolError) as refused:
        connection.next_event()
    assert explanation(refused.value) == "illegal header line"
