"""Chunks without h11 are those that h11 finds."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_lambda.http.chunks import whole_chunks

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"


def by_h11(data: bytes) -> tuple[bytes, bool]:
    """The content of a body, and whether it has ended."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(HEAD + data)
    content = b""
    while (event := connection.next_event()) is not h11.NEED_DATA:
        if isinstance(event, h11.Data):
            content += event.data
        elif isinstance(event, h11.EndOfMessage):
            return content, True
    return content, False


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.integers(0, 400), st.booleans())
def test_what_is_left_and_what_is_found_are_the_body(pieces: list[bytes], cut: int, capitals: bool) -> None:
    form = b"%X\r\n%b\r\n" if capitals else b"%x\r\n%b\r\n"
    data = b"".join(form % (len(piece), piece) for piece in pieces) + LAST
    found, rest = whole_chunks(data[:cut])
    assert found == pieces[: len(found)]
    assert by_h11(b"".join(form % (len(piece), piece) for piece in found) + rest) == by_h11(data[:cut])
    assert by_h11(rest + data[cut:]) == (b"".join(pieces[len(found) :]), True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"0\r\n\r\n",
        b"3;a=b\r\nabc\r\n",
        b"3\nabc\n",
        b"+3\r\nabc\r\n",
        b" 3\r\nabc\r\n",
        b"3\r\nabcd\r\n",
        b"3\r\nabc",
    ],
)
def test_the_last_one_extensions_and_faults_are_left(data: bytes) -> None:
    assert whole_chunks(data) == ([], data)
    assert whole_chunks(b"1\r\nx\r\n" + data) == ([b"x"], data)
