"""Streaming, where every framework does the same: pieces, errors, empty responses, binary bodies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.lambda_streaming.frameworks.conftest import APPS, FRAMEWORKS
from tests.support.gated_pieces import read_gated
from tests.support.url_client import connect, read_to_end, request
from tools.local_lambda_process import LocalLambda

ALL_BYTES = bytes(range(256))


@pytest.mark.parametrize(
    ("function", "path", "rest"),
    [
        ("Starlette", "/gated", ""),
        ("Starlette", "/gated-in-thread", ""),
        ("Starlette", "/stamped/gated", ""),  # through BaseHTTPMiddleware
        ("Fastapi", "/gated", ""),
        ("Fastapi", "/gated-in-thread", ""),
        ("Django", "/gated", ""),
        ("Flask", "/gated", "/gated"),
        ("Flask", "/write", "and what is returned"),
    ],
)
def test_each_piece_arrives_before_the_next(
    frameworks: LocalLambda, gate: Path, function: str, path: str, rest: str
) -> None:
    headers = read_gated(frameworks.urls[function], path, gate, rest=rest)
    assert headers["Content-Type"].partition(";")[0] == "text/plain"
    assert headers["Transfer-Encoding"] == "chunked"


def test_server_sent_events(frameworks: LocalLambda, gate: Path) -> None:
    line = 'event: piece\ndata: "{}\\n"\n\n'
    headers = read_gated(frameworks.urls["Starlette"], "/events", gate, line=line)
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize("function", ["Starlette", "Flask", "Django"])
@pytest.mark.parametrize("body", [ALL_BYTES, b"", b"text", "Grüße".encode(), b"x" * 1_000_000])
def test_a_body_of_any_bytes(frameworks: LocalLambda, function: str, body: bytes) -> None:
    for kind in ("application/octet-stream", "text/plain"):
        answer = request(frameworks.urls[function], "/echo", "POST", body, {"Content-Type": kind})
        assert (answer.status, answer.body) == (200, body)
        assert answer.headers["Content-Type"] == "application/x-echo"


@pytest.mark.parametrize("function", [name.title() for name in FRAMEWORKS])
def test_an_error_is_the_framework_s_own_response(frameworks: LocalLambda, function: str) -> None:
    """And its traceback is in the log."""
    answer = request(frameworks.urls[function], "/fails")
    assert (answer.status, answer.complete) == (500, True)
    assert b"Error" in answer.body
    frameworks.wait_for("KeyError: " if function == "Fastapi" else "ValueError: before the first byte")
    assert request(frameworks.urls[function], "/nowhere").status == 404


@pytest.mark.parametrize("function", ["Starlette", "Flask"])
def test_an_error_after_the_first_byte_ends_the_response(frameworks: LocalLambda, function: str) -> None:
    answer = request(frameworks.urls[function], "/fails-late")
    assert (answer.status, answer.body, answer.complete) == (200, b"before the error", True)
    frameworks.wait_for("FAILED after 16 bytes, and THE CLIENT CANNOT TELL")
    frameworks.wait_for("ValueError: after the first byte")


@pytest.mark.parametrize(
    ("function", "path", "status"),
    [
        ("Starlette", "/redirect", 307),
        ("Starlette", "/empty/204", 204),
        ("Starlette", "/empty/304", 304),
        ("Starlette", "/empty/200", 200),
        ("Django", "/redirect", 302),
        ("Flask", "/redirect", 302),
        ("Flask", "/empty/204", 204),
        ("Flask", "/empty/304", 304),
    ],
)
def test_a_response_without_a_body_ends(
    frameworks: LocalLambda, function: str, path: str, status: int
) -> None:
    url = frameworks.urls[function]
    answer = request(url, path)
    assert (answer.status, answer.complete) == (status, True)
    assert answer.body == b"" or function == "Flask"  # which explains its redirect
    if status in (302, 307):
        assert answer.headers["Location"] in ("/scope", "/view", "/environ")


@pytest.mark.parametrize(
    ("function", "path"), [("Starlette", "/file"), ("Django", "/file"), ("Flask", "/file")]
)
def test_head_has_no_body(frameworks: LocalLambda, function: str, path: str) -> None:
    head = f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    follow = b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with connect(frameworks.urls[function]) as connection:
        connection.sendall(head + follow)
        first, _, second = read_to_end(connection).partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 200")
    assert b"text/x-python" in first
    assert second.startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize("function", ["Starlette", "Flask"])
def test_a_range_of_a_file(frameworks: LocalLambda, function: str) -> None:
    content = (APPS / f"{function.lower()}_app.py").read_bytes()
    url = frameworks.urls[function]
    whole = request(url, "/file")
    assert (whole.status, whole.body) == (200, content)
    part = request(url, "/file", headers={"Range": "bytes=10-109"})
    assert (part.status, part.body) == (206, content[10:110])
    assert part.headers["Content-Range"] == f"bytes 10-109/{len(content)}"
    assert request(url, "/file", headers={"Range": "bytes=-7"}).body == content[-7:]
    beyond = request(url, "/file", headers={"Range": f"bytes={len(content)}-"})
    assert (beyond.status, beyond.complete) == (416, True)
    unchanged = request(url, "/file", headers={"If-None-Match": whole.headers["ETag"]})
    assert unchanged.status == (304 if function == "Flask" else 200)


def test_several_ranges_of_a_file(frameworks: LocalLambda) -> None:
    answer = request(frameworks.urls["Starlette"], "/file", headers={"Range": "bytes=0-4,10-19"})
    assert answer.status == 206
    assert answer.headers["Content-Type"].startswith("multipart/byteranges; boundary=")


@pytest.mark.parametrize("function", ["Starlette", "Flask", "Django"])
def test_every_cookie_arrives(frameworks: LocalLambda, function: str) -> None:
    path = "/redirect" if function == "Django" else "/cookies"
    answer = request(frameworks.urls[function], path)
    cookies = answer.headers.get_all("Set-Cookie") or []
    assert [cookie[:2] for cookie in cookies] == ["a=", "b=", "c="][: len(cookies)]
    assert len(cookies) == (3 if function == "Starlette" else 2)
    if function == "Starlette":
        assert 'b="2\\073 three"' in cookies[1]
        assert answer.headers["X-Many"] == "one, two"
