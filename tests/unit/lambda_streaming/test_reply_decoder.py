from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_streaming._reply_decoder import Reply, ReplyDecoder


def encoded(status: int, body: bytes, *, chunks: list[bytes] | None = None) -> bytes:
    """A response as h11 writes it."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    while not isinstance(connection.next_event(), h11.EndOfMessage):
        pass
    framing = ("Transfer-Encoding", "chunked") if chunks else ("Content-Length", str(len(body)))
    response = h11.Response(status_code=status, headers=[("Lambda-Runtime-Trace-Id", "Root=1"), framing])
    sent = connection.send(response) or b""
    for chunk in chunks or [body]:
        sent += connection.send(h11.Data(data=chunk)) or b""
    return sent + (connection.send(h11.EndOfMessage()) or b"")


def fed(data: bytes, sizes: list[int]) -> list[Reply]:
    """What a decoder makes of ``data``, cut into pieces of these sizes, the rest byte by byte."""
    decoder, replies = ReplyDecoder(), []
    while data:
        size = sizes.pop() if sizes else 1
        piece, data = data[:size], data[size:]
        if (reply := decoder.feed(piece)) is not None:
            replies.append(reply)
    return replies


@given(
    body=st.binary(max_size=200),
    chunks=st.one_of(st.none(), st.lists(st.binary(min_size=1, max_size=50), min_size=1)),
    sizes=st.lists(st.integers(1, 100)),
)
def test_replies_however_they_are_cut(body: bytes, chunks: list[bytes] | None, sizes: list[int]) -> None:
    expected = b"".join(chunks) if chunks else body
    data = encoded(200, body, chunks=chunks)
    for cut in range(len(data)):
        decoder = ReplyDecoder()
        assert decoder.feed(data[:cut]) is None
        reply = decoder.feed(data[cut:])
        assert reply is not None
        assert (reply.status, reply.body) == (200, expected)
        assert reply.headers["lambda-runtime-trace-id"] == "Root=1"
    assert [reply.body for reply in fed(data, sizes)] == [expected]


def test_one_after_the_other() -> None:
    first, second = encoded(202, b"one"), encoded(500, b" two \n")
    decoder = ReplyDecoder()
    one = decoder.feed(first)
    two = decoder.feed(second)
    assert one is not None
    assert two is not None
    assert (one.status, one.text, one.closes) == (202, "one", False)
    assert (two.status, two.text) == (500, "two")


def test_without_a_body() -> None:
    reply = ReplyDecoder().feed(b"HTTP/1.1 202 Accepted\r\nConnection: Close\r\n\r\n")
    assert reply is not None
    assert (reply.status, reply.body, reply.closes) == (202, b"", True)


@pytest.mark.parametrize(
    "data",
    [
        b"SPDY/3 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 " + b"x" * (2 * 1024 * 1024),
    ],
)
def test_what_is_no_reply(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        ReplyDecoder().feed(data)
