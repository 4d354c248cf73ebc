"""What is no HTTP/1.1 request, or an odd one: refused in words, at once, never taken for another request."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Awaitable, Callable

import pytest

from local_lambda.http.exchange import Exchange, Handler
from local_lambda.http.server import HttpServer

_HOST = b"Host: x\r\n"
_CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


async def echo(exchange: Exchange) -> None:
    """Respond with what a function would see of the request."""
    body = b""
    while data := await exchange.read():
        body += data
    seen = json.dumps([exchange.request.target, dict(exchange.request.headers), body.decode()]).encode()
    headers = [("Content-Length", str(len(seen))), ("Connection", "keep-alive")]
    exchange.respond(200, headers, seen)


def served(scenario: Callable[[int], Awaitable[bytes]], handler: Handler = echo) -> bytes:
    async def run() -> bytes:
        server = HttpServer(handler)
        port = await server.listen(0)
        try:
            async with asyncio.timeout(30):
                return await scenario(port)
        finally:
            await server.close()

    return asyncio.run(run())


def answer(*pieces: bytes, handler: Handler = echo) -> bytes:
    """What comes until the server closes; the client's own side stays open."""

    async def scenario(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
        data = await reader.read()
        writer.close()
        return data

    return served(scenario, handler)


def refusal(*pieces: bytes) -> tuple[int, str]:
    """Status and sentence of a refusal, which is all that comes."""
    head, _, body = answer(*pieces).partition(b"\r\n\r\n")
    assert b"\r\nConnection: close" in head
    return int(head.split()[1]), json.loads(body)["message"]


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        (b"POST / HTTP/0.9", 505, "HTTP/0.9"),
        (b"GET / HTTP/2.0", 505, "HTTP/2.0"),
        (b"GET / HTTP/3.0", 505, "HTTP/3.0"),
        (b"GET / HTTP/2", 505, "HTTP/2"),
        (b"GET /", 400, "names no version"),
        (b"GET", 400, "request line"),
        (b"GET  / HTTP/1.1", 400, "request line"),
        (b"GET / HTTP/1.\xb2", 400, "request line"),
        (b"GET /\x01 HTTP/1.1", 400, "request line"),
        (b"\x00\x01\x02", 400, "request line"),
    ],
)
def test_a_request_line_is_refused_before_anything_follows_it(line: bytes, status: int, words: str) -> None:
    """An HTTP/0.9 client sends no more than this line."""
    refused = refusal(line + b"\r\n")
    assert refused[0] == status
    assert words in refused[1]


def test_http_2_without_asking_first() -> None:
    status, sentence = refusal(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9))
    assert status == 505
    assert "HTTP/2" in sentence
    assert "HTTP/1.1" in sentence


def test_curl_with_prior_knowledge_of_http_2() -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("there is no curl")
    if b"HTTP2" not in subprocess.run([curl, "--version"], capture_output=True, check=True).stdout:
        pytest.skip("this curl has no HTTP/2")

    async def scenario(port: int) -> bytes:
        command = [curl, "-sS", "--http2-prior-knowledge", "-m", "20", f"http://127.0.0.1:{port}/"]
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        _, errors = await process.communicate()
        assert process.returncode not in (0, 28), errors  # refused, not timed out
        return errors

    assert served(scenario)


@pytest.mark.parametrize("value", [b"a\x01b", b"a\x7fb", b"\x1b[0m", b"a\0b", b"a\rb", b"\x0b"])
def test_control_characters_in_a_header(value: bytes) -> None:
    status, sentence = refusal(b"GET / HTTP/1.1\r\n" + _HOST + b"X-T: " + value + b"\r\n\r\n")
    assert status == 400
    assert "header" in sentence


def test_a_tab_and_other_alphabets_in_a_header() -> None:
    data = b"GET / HTTP/1.1\r\nConnection: close\r\n" + _HOST + "X-T: a\té\r\n\r\n".encode()
    assert json.loads(answer(data).partition(b"\r\n\r\n")[2])[1]["x-t"] == "a\té"


@pytest.mark.parametrize(
    "headers",
    [
        b"".join(b"X-%d: v\r\n" % number for number in range(10_000)),
        b"".join(b"X: v\r\n" for _ in range(2_100)),
        b"X: " + b"y" * 70_000 + b"\r\n",
    ],
    ids=["10,000", "2,100", "70,000 bytes"],
)
def test_too_many_headers(headers: bytes) -> None:
    status, sentence = refusal(b"GET / HTTP/1.1\r\n" + _HOST + headers + b"\r\n")
    assert status == 431
    assert "header" in sentence.lower()


@pytest.mark.parametrize(
    "body",
    [
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhelloXX0\r\n\r\n",
        b"5\nhello\n0\n\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"0" * 5000 + b"5\r\nhello\r\n0\r\n\r\n",
        b"\xb2\r\nhello\r\n0\r\n\r\n",
        b"hello",
        b"5\r\nhello\r\nnot a length",
        b"5\r\nhello\r\n0\r\nno trailer\r\n\r\n",
        b"5 5\r\nhello\r\n0\r\n\r\n",
    ],
)
@pytest.mark.parametrize("cut", [False, True])
def test_a_malformed_chunked_body(body: bytes, cut: bool) -> None:
    pieces = [body[:3], body[3:]] if cut else [body]
    assert refusal(_CHUNKED, *pieces)[0] == 400


def test_a_chunked_body_cut_at_every_byte() -> None:
    body = b"5;a=b\r\nhello\r\n0\r\nX-T: 1\r\n\r\n"

    async def scenario(port: int) -> bytes:
        data = b""
        for at in range(1, len(body)):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for piece in (_CHUNKED + body[:at], body[at:]):
                writer.write(piece)
                await asyncio.sleep(0.005)
            data += await reader.readuntil(b"]")
            writer.close()
        return data

    assert served(scenario).count(b'"hello"]') == len(body) - 1


def test_half_a_body_and_no_more() -> None:
    async def scenario(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
        writer.write_eof()
        data = await reader.read()
        writer.close()
        return data

    assert served(scenario).startswith(b"HTTP/1.1 400 ")


def test_a_length_beside_chunks() -> None:
    """The chunks count (RFC 9112 section 6.1); who goes by the length must not see another request."""
    data = answer(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    head, _, body = data.partition(b"\r\n\r\n")
    assert data.count(b"HTTP/1.1 ") == 1
    assert b"\r\nConnection: close" in head
    assert b"keep-alive" not in head
    target, headers, text = json.loads(body)
    assert (target, text) == ("/", "hello")
    assert "content-length" not in headers


@pytest.mark.parametrize("blank", [b"\r\n", b"\r\n\r\n", b"\n"])
def test_empty_lines_before_a_request_line(blank: bytes) -> None:
    first = b"POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
    last = b"GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    whole = blank + first + blank + last
    for at in (len(whole), 1, len(blank + first) + 1):
        data = answer(whole[:at], whole[at:])
        assert data.count(b"HTTP/1.1 200 ") == 2
        assert b'"/1"' in data
        assert b'"/2"' in data


def test_garbage_after_a_request_is_refused_as_well() -> None:
    data = answer(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n GARBAGE\r\n")
    assert data.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 400 " in data


@pytest.mark.parametrize("length", [b"+5", b"5_0", "\u0665".encode(), b"\xb2", b"5, 6", b"9" * 21, b""])
def test_a_length_that_is_no_number(length: bytes) -> None:
    data = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\nhello"
    assert refusal(data)[0] == 400


async def refuse(exchange: Exchange) -> None:
    """Respond before the body has been read."""
    exchange.respond(410, [("Content-Length", "4")], b"gone")


@pytest.mark.parametrize(
    ("head", "begun", "rest"),
    [
        (b"Content-Length: 5\r\n\r\n", b"12", b"345"),
        (b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\n12", b"345\r\n0\r\n\r\n"),
    ],
)
def test_who_is_refused_before_the_end_of_the_body_is_told_that_the_connection_closes(
    head: bytes, begun: bytes, rest: bytes
) -> None:
    """Else the client would send its next request to a connection that is about to close."""
    begin = b"POST / HTTP/1.1\r\nHost: x\r\n" + head + begun
    early = answer(begin, rest, handler=refuse)
    assert early.startswith(b"HTTP/1.1 410 ")
    assert b"\r\nConnection: close\r\n" in early
    last = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    whole = answer(begin + rest, last, handler=refuse)
    assert whole.count(b"HTTP/1.1 410 ") == 2  # of a request that has come, none is read again
    assert whole.count(b"Connection: close") == 1


def test_who_breaks_the_framing_of_a_refused_request_gets_the_refusal() -> None:
    data = answer(_CHUNKED, b"x\r\n", b"more", handler=refuse)
    assert data.startswith(b"HTTP/1.1 410 ")
    assert data.endswith(b"\r\n\r\ngone")
    data = answer(_CHUNKED + b"x\r\n", b"more", handler=refuse)
    assert data.startswith(b"HTTP/1.1 410 ")
    assert data.endswith(b"\r\n\r\ngone")
