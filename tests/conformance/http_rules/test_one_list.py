"""What a status and a header may be is one rule in two places: the layer sends what the local Lambda takes.

The layer refuses early what AWS would refuse; the local Lambda judges any runtime's responses, Node.js's too.
Neither imports the other: the layer is deployed alone, and a rule that both share would hold itself right. So
they are held equal here, character by character.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_streaming import _prelude
from local_lambda.endpoints import response

# Every character that HTTP has a word on, and some that it has none on.
CHARACTERS = [chr(number) for number in (*range(0x180), 0x2028, 0x6F22, 0x1F600, 0xFFFF)]
STATUSES = [*range(-1, 1000), "200", "99", "0200", "600", "2x0", "", "\uff12\uff10\uff10", True, None, 200.0]


def layer_takes_status(status: object) -> bool:
    try:
        _prelude.status_code(status)
    except (TypeError, ValueError):
        return False
    return True


def local_takes_status(status: object) -> bool:
    try:
        response.status_of(status)
    except response.InvalidResult:
        return False
    return True


def layer_takes_header(name: str, value: str) -> bool:
    try:
        _prelude.header_name(name)
        _prelude.header_value(name, value)
    except ValueError:
        return False
    return True


def local_takes_header(name: str, value: str) -> bool:
    try:
        response.header(name, value)
    except response.InvalidResult:
        return False
    return True


def test_statuses() -> None:
    taken = [status for status in STATUSES if layer_takes_status(status)]
    assert taken == [status for status in STATUSES if local_takes_status(status)]
    assert taken == [*range(200, 600), "200"]


@pytest.mark.parametrize("place", ["{}", "a{}", "{}a", "a{}a"])
def test_characters(place: str) -> None:
    texts = [place.format(character) for character in CHARACTERS]
    assert [text for text in texts if layer_takes_header(text, "v")] == [
        text for text in texts if local_takes_header(text, "v")
    ]
    assert [text for text in texts if layer_takes_header("n", text)] == [
        text for text in texts if local_takes_header("n", text)
    ]


@given(st.text(), st.text())
def test_headers(name: str, value: str) -> None:
    assert layer_takes_header(name, value) == local_takes_header(name, value)
