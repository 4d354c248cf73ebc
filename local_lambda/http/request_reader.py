"""Reads one request's head from a connection, for h11 to parse (RFC 9112)."""

import contextlib
import copy
from collections.abc import Iterable

import h11

from local_lambda.http.connection import Connection
from local_lambda.http.message import Headers, HttpRequest
from local_lambda.http.request_head import begun, check_headers, check_line, has_line

_CHUNK_LINE_BYTES = 64 * 1024


async def first_line(connection: Connection, left: bytes, most_bytes: int) -> bytes | None:
    """Return what has come when the request line is complete; None when the client sends no more.

    ``left`` has come with the request before. Raises h11.RemoteProtocolError.
    """
    data = begun(left)
    while not has_line(data) and len(data) <= most_bytes:
        received = await connection.read()
        if not received:
            return data if data.strip() else None
        data = begun(data + received)
    check_line(data)
    return data


async def read_head(
    connection: Connection, http: h11.Connection, begins: bytes, most_bytes: int
) -> tuple[HttpRequest, bool]:
    """Return the request, and whether it has to be the connection's last. Raises h11.RemoteProtocolError."""
    http.receive_data(begins)
    while (event := http.next_event()) is h11.NEED_DATA:
        http.receive_data(await connection.read())
    assert isinstance(event, h11.Request)
    check_headers(event, most_bytes)
    names = [name for name, _ in event.headers]
    # RFC 9112 section 6.1: the chunks count. The length may be what somebody before us has gone by.
    ambiguous = b"transfer-encoding" in names and b"content-length" in names
    headers = [
        (raw, value)
        for raw, value in event.headers.raw_items()
        if not (ambiguous and raw.lower() == b"content-length")
    ]
    request = HttpRequest(
        event.method.decode("latin-1"),
        event.target.decode("latin-1"),
        text_headers(headers),
        (connection.extra("peername") or ("127.0.0.1",))[0],  # none when it has left already
        connection.extra("sockname")[1],
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers],
    )
    return request, ambiguous


def has_come(http: h11.Connection) -> bool:
    """Return whether the whole request is here; what has come of its body, and was not read, is dropped.

    Only h11 knows where it ends, or that there is no body. What breaks the framing has no end.
    """
    with contextlib.suppress(h11.RemoteProtocolError):
        while http.their_state is h11.SEND_BODY and http.next_event() is not h11.NEED_DATA:
            pass
    return http.their_state not in (h11.SEND_BODY, h11.ERROR)


def check_incomplete(http: h11.Connection) -> None:
    """Check the part of a chunk's line that is there, which h11 judges at its end only.

    Raises h11.RemoteProtocolError when it cannot become a right one: its end may never come.
    """
    line, _ = http.trailing_data
    if line and len(line) <= _CHUNK_LINE_BYTES:
        probe = copy.deepcopy(http)
        probe.receive_data(b"\n" if line.endswith(b"\r") else b"\r\n")
        probe.next_event()


def text_headers(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return headers as text, with their names in lower case."""
    return [(name.decode("latin-1").lower(), _text(value)) for name, value in headers]


def _text(value: bytes) -> str:
    """Return a header's text: UTF-8, as AWS's front ends were seen to read it, or else Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
