"""Events, read back by httpx-sse; tests/integration/lambda_streaming/test_event_source.py asks a browser."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent
from hypothesis import given
from hypothesis import strategies as st

from lambda_streaming._sse_event import Event, as_event, last_event_id
from tests.support.http_events import rest_event, url_event

# Text as a JSON decoder may give it: all but lone halves of surrogate pairs, which UTF-8 has no bytes for.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"))


def parsed(data: bytes) -> list[ServerSentEvent]:
    response = httpx.Response(200, content=data, headers={"Content-Type": "text/event-stream"})
    return list(EventSource(response).iter_sse())


def as_read(text: str) -> str:
    """Return what is left of ``text``: the standard joins lines by LF."""
    return re.sub("\r\n?", "\n", text)


@given(st.lists(st.tuples(TEXT, LINE | st.none(), LINE | st.none(), st.integers(0, 10**9) | st.none())))
def test_events_are_read_as_they_were_meant(given_events: list[tuple[str, Any, Any, Any]]) -> None:
    stream = b"".join(Event(data, event=e, id=i, retry=r) for data, e, i, r in given_events)
    last_id = ""
    read = parsed(stream)
    assert len(read) == len(given_events)
    for event, (data, name, given_id, retry) in zip(read, given_events, strict=True):
        last_id = last_id if given_id is None else given_id
        assert (event.data, event.event, event.id) == (as_read(data), name or "message", last_id)
        assert event.retry == retry


@given(TEXT, LINE)
def test_only_line_feeds_end_lines(data: str, name: str) -> None:
    encoded = bytes(Event(data, event=name))
    assert b"\r" not in encoded
    assert encoded.endswith(b"\n\n")
    assert all(line.startswith((b"data: ", b"event: ")) for line in encoded[:-2].split(b"\n"))


@pytest.mark.parametrize(
    ("event", "encoded"),
    [
        (Event("hello"), b"data: hello\n\n"),
        (Event(""), b"data: \n\n"),
        (
            Event(" two\n\nlines\r\nand\rmore\n"),
            b"data:  two\ndata: \ndata: lines\ndata: and\ndata: more\ndata: \n\n",
        ),
        (Event("x", event="token", id="7", retry=100), b"event: token\nid: 7\nretry: 100\ndata: x\n\n"),
        (Event(id=""), b"id: \n\n"),
        (Event({"a": "\n\u2028"}), b'data: {"a": "\\n\\u2028"}\n\n'),
        (Event(0), b"data: 0\n\n"),
        (Event("\u2028\x0b\x85"), "data: \u2028\x0b\x85\n\n".encode()),
    ],
)
def test_the_bytes(event: Event, encoded: bytes) -> None:
    assert event == encoded


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({}, ValueError, "at least one"),
        ({"id": "a\nb"}, ValueError, "id must not contain a line break"),
        ({"id": "a\0"}, ValueError, "NUL"),
        ({"event": "a\rb"}, ValueError, "event must not contain a line break"),
        ({"id": 7}, TypeError, "id must be a str, got int"),
        ({"event": b"x"}, TypeError, "event must be a str, got bytes"),
        ({"retry": -1}, ValueError, "negative"),
        ({"retry": 1.5}, TypeError, "retry must be an int, got float"),
        ({"retry": True}, TypeError, "retry must be an int, got bool"),
        ({"data": b"bytes"}, TypeError, "not JSON serializable"),
        ({"data": "\ud800"}, UnicodeEncodeError, "surrogates"),
    ],
)
def test_what_has_no_encoding_is_refused(fields: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Event(**fields)


def test_a_str_is_data_and_nothing_else_is() -> None:
    assert as_event("x") == Event("x")
    event = Event("x", id="1")
    assert as_event(event) is event
    for item in (b"data: x\n\n", {"data": "x"}, None, 7):
        with pytest.raises(TypeError, match="expected an Event, or a str"):
            as_event(item)


def test_the_id_to_go_on_from() -> None:
    assert last_event_id(url_event(last_event_id="41")) == "41"
    assert last_event_id(rest_event(headers={"Last-Event-ID": "41"})) == "41"
    assert last_event_id(url_event(last_event_id="é".encode().decode("latin-1"))) == "é"
    assert last_event_id(url_event(last_event_id="")) is None
    for event in (url_event(), rest_event(headers=None), {}):
        assert last_event_id(event) is None
