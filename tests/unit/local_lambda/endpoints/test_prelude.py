"""The prelude decoder, fed whole, at every cut, and byte by byte."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_lambda.endpoints.prelude import HARD_LIMIT, Prelude, PreludeDecoder, PreludeError

TEXT = b' {"statusCode": 201, "headers": {"X": "\\u0000"}, "cookies": ["a=1"]} '
BODY = b"\0\0 body \0\0\0\0\0\0\0\0 with NULs"
STREAM = TEXT + b"\0" * 8 + BODY
EXPECTED = Prelude(201, {"X": "\0"}, ["a=1"], [], len(TEXT))


def decode(pieces: list[bytes]) -> tuple[Prelude | None, bytes]:
    decoder = PreludeDecoder()
    body = b"".join([decoder.feed(piece) for piece in pieces])
    decoder.finish()
    return decoder.prelude, body


def test_every_cut() -> None:
    for first in range(len(STREAM) + 1):
        for second in range(first, len(STREAM) + 1, 7):
            pieces = [STREAM[:first], STREAM[first:second], STREAM[second:]]
            assert decode(pieces) == (EXPECTED, BODY)


@pytest.mark.parametrize("size", range(1, 20))
def test_pieces_of_a_size(size: int) -> None:
    assert decode([STREAM[at : at + size] for at in range(0, len(STREAM), size)]) == (EXPECTED, BODY)


@given(
    st.dictionaries(st.text(), st.text()), st.lists(st.text()), st.binary(), st.lists(st.integers(0, 2000))
)
def test_any_prelude_at_any_cuts(
    headers: dict[str, str], cookies: list[str], body: bytes, cuts: list[int]
) -> None:
    text = json.dumps({"headers": headers, "cookies": cookies}).encode()
    stream = text + b"\0" * 8 + body
    places = [0, *sorted(cuts), len(stream)]
    pieces = [stream[start:end] for start, end in itertools.pairwise(places)]
    assert decode(pieces) == (Prelude(200, headers, cookies, [], len(text)), body)


def test_nothing_at_all_is_no_prelude() -> None:
    assert decode([]) == (None, b"")


def test_defaults_and_ignored_keys() -> None:
    prelude, _ = decode([b'{"status": 404, "multiValueHeaders": {}, "headers": null}' + b"\0" * 8])
    assert prelude is not None
    assert (prelude.status, prelude.headers, prelude.cookies) == (200, {}, [])
    assert prelude.ignored == ["multiValueHeaders", "status"]


@pytest.mark.parametrize(
    "stream",
    [
        b"Hello, World!",
        b"[]" + b"\0" * 8,
        b"null" + b"\0" * 8,
        b"\0" * 8,
        b'{"a": }' + b"\0" * 8,
        b'{"headers": []}' + b"\0" * 7,
        b'{"headers": ["x"]}' + b"\0" * 8,
        b'{"cookies": "a=1"}' + b"\0" * 8,
        b'{"a": \xff}' + b"\0" * 8,
        b'{"a": ' + b"[" * 100_000 + b"\0" * 8,
        b"{" + b" " * HARD_LIMIT,
    ],
)
def test_what_is_no_prelude(stream: bytes) -> None:
    with pytest.raises(PreludeError):
        decode([stream])
    with pytest.raises(PreludeError):
        decode([stream[at : at + 1000] for at in range(0, len(stream), 1000)])


@given(st.binary())
def test_nothing_but_a_prelude_error(data: bytes) -> None:
    try:
        decode([data])
    except PreludeError:
        return
    assert b"\0" * 8 in data or not data.strip()
