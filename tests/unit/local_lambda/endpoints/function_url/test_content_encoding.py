"""A body in gzip, whole and in pieces."""

from __future__ import annotations

import gzip

import pytest

from local_lambda.endpoints.function_url.content_encoding import Gunzip, is_gzip, warnings
from local_lambda.endpoints.streaming import BodyError

BODY = b"some text" * 100


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize(
    "compressed",
    [gzip.compress(BODY, mtime=0), gzip.compress(BODY[:50], mtime=0) + gzip.compress(BODY[50:], mtime=0)],
)
def test_a_body_in_pieces(compressed: bytes, size: int) -> None:
    step = Gunzip()
    pieces = [compressed[at : at + size] for at in range(0, len(compressed), size)]
    assert b"".join(map(step.feed, pieces)) == BODY
    step.finish()


def test_nothing_is_complete() -> None:
    Gunzip().finish()


def test_what_is_no_gzip() -> None:
    with pytest.raises(BodyError, match="but the body is not"):
        Gunzip().feed(BODY)
    step = Gunzip()
    step.feed(gzip.compress(BODY, mtime=0)[:-1])
    with pytest.raises(BodyError, match="ended before its compressed data did"):
        step.finish()


@pytest.mark.parametrize(
    ("headers", "gzipped", "warned"),
    [
        ({"CONTENT-encoding": " GZip "}, True, True),
        ({"content-encoding": "br"}, False, True),
        ({"content-encoding": "identity"}, False, False),
        ({"content-type": "application/gzip"}, False, False),
        ({"content-encoding": 1}, False, True),
    ],
)
def test_the_encoding_of_headers(headers: dict[str, object], gzipped: bool, warned: bool) -> None:
    assert (is_gzip(headers), bool(warnings(headers))) == (gzipped, warned)
