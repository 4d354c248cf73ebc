from __future__ import annotations

import http.client
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_streaming._chunked import CRLF, LAST_CHUNK, ChunkedDecoder, chunk, chunk_head, last_chunk
from tests.support.wire import read_chunked, read_request

BODY = b"4;name=value\r\nwiki\r\n5\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nExpires: now\r\nA: b\r\n\r\n"
PLAIN = b"wikipedia in\r\n\r\nchunks."

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=8))
def test_http_client_reads_the_chunks(pieces: list[bytes]) -> None:
    assert read_chunked(b"".join(map(chunk, pieces)) + LAST_CHUNK) == b"".join(pieces)


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=8))
def test_h11_sees_each_chunk_as_it_was(pieces: list[bytes]) -> None:
    request = read_request(HEAD + b"".join(map(chunk, pieces)) + LAST_CHUNK)
    assert request.complete
    assert request.chunks == pieces


@pytest.mark.parametrize("size", [1, 9, 10, 15, 16, 255, 256, 65535, 65536, 1 << 20])
def test_sizes_are_hexadecimal(size: int) -> None:
    data = b"\xff" * size
    assert chunk(data) == chunk_head(size) + data + CRLF
    assert read_chunked(chunk(data) + LAST_CHUNK) == data


def test_http_client_misses_the_end_of_a_body_without_last_chunk() -> None:
    with pytest.raises(http.client.IncompleteRead):
        read_chunked(chunk(b"cut"))


def test_h11_reads_the_trailers() -> None:
    request = read_request(HEAD + chunk(b"x") + last_chunk({"Error-Type": b"A B", "Error-Body": b"eyJ9=="}))
    assert request.complete
    assert request.trailers == {"error-type": "A B", "error-body": "eyJ9=="}


def test_last_chunk_without_trailers() -> None:
    assert last_chunk({}) == LAST_CHUNK


def test_decoder_takes_the_body_whole() -> None:
    decoder = ChunkedDecoder()
    decoder.feed(BODY)
    assert (decoder.done, decoder.body) == (True, PLAIN)
    assert read_chunked(BODY) == PLAIN


@pytest.mark.parametrize("cut", range(len(BODY) + 1))
def test_decoder_takes_the_body_in_two(cut: int) -> None:
    decoder = ChunkedDecoder()
    decoder.feed(BODY[:cut])
    assert decoder.done == (cut == len(BODY))
    decoder.feed(BODY[cut:])
    assert (decoder.done, decoder.body) == (True, PLAIN)


def test_decoder_takes_the_body_byte_by_byte() -> None:
    decoder = ChunkedDecoder()
    for at in range(len(BODY)):
        assert not decoder.done
        decoder.feed(BODY[at : at + 1])
        assert PLAIN.startswith(decoder.body)
    assert (decoder.done, decoder.body) == (True, PLAIN)


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6), st.lists(st.integers(0, 400), max_size=6))
def test_decoder_undoes_the_encoder_however_it_is_cut(pieces: list[bytes], cuts: list[int]) -> None:
    wire = b"".join(map(chunk, pieces)) + last_chunk({"A": b"b"})
    decoder = ChunkedDecoder()
    edges = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    for start, end in itertools.pairwise(edges):
        decoder.feed(wire[start:end])
    assert (decoder.done, decoder.body) == (True, b"".join(pieces))


@pytest.mark.parametrize("size", ["", "x", "-1", "0x5", "+5", "1_0", "5 5", ";a=b", "\u0665"])
def test_decoder_refuses_a_malformed_size(size: str) -> None:
    with pytest.raises(ValueError, match="malformed chunk size"):
        ChunkedDecoder().feed(size.encode() + b"\r\nabcde\r\n0\r\n\r\n")


@pytest.mark.parametrize("size", ["5", "05", "0000000005", "5 ", "5;", "5 ;a"])
def test_decoder_takes_any_way_to_write_a_size(size: str) -> None:
    decoder = ChunkedDecoder()
    decoder.feed(size.encode() + b"\r\nabcde\r\n0\r\n\r\n")
    assert (decoder.done, decoder.body) == (True, b"abcde")


def test_decoder_passes_over_what_follows_the_end() -> None:
    decoder = ChunkedDecoder()
    decoder.feed(chunk(b"a") + LAST_CHUNK + b"HTTP/1.1 200 OK\r\n")
    assert (decoder.done, decoder.body) == (True, b"a")


def test_decoder_takes_a_large_event_in_pieces() -> None:
    data = bytes(range(256)) * 4096 * 6
    wire = b"".join(chunk(data[at : at + 32768]) for at in range(0, len(data), 32768)) + LAST_CHUNK
    decoder = ChunkedDecoder()
    for at in range(0, len(wire), 65536):
        decoder.feed(wire[at : at + 65536])
    assert decoder.done
    assert decoder.body == data
