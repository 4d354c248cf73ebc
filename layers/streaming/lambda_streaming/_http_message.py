"""The head of an HTTP/1.1 response, as far as the Runtime API needs it (RFC 9112, section 4)."""

from __future__ import annotations

HEAD_END = b"\r\n\r\n"
HEAD_LIMIT = 2 * 1024 * 1024  # bytes: a client context and a trace id fit many times over


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Return the status and the header fields, named in lower case, of a head without its blank line.

    Raises ValueError for what is not an HTTP/1.x response.
    """
    status_line, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = status_line.partition(" ")
    status = rest[:3]
    if not version.startswith("HTTP/1.") or len(status) != 3 or not status.isdecimal():
        raise ValueError(f"the Runtime API replied with something other than HTTP/1.1: {status_line[:80]!r}")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return int(status), headers


def closes(headers: dict[str, str]) -> bool:
    """Tell whether a response with these header fields is the last one on its connection."""
    return headers.get("connection", "").lower() == "close"


def text_of(body: bytes) -> str:
    """Return a body as text."""
    return body.decode("utf-8", "replace").strip()
