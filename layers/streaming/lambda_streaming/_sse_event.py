"""One server-sent event, encoded: what a browser's EventSource reads.

https://html.spec.whatwg.org/multipage/server-sent-events.html (parsing and interpreting an event stream)
"""

from __future__ import annotations

from lambda_streaming import _json_codec
from lambda_streaming._invocation import as_utf8

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

# A comment: clients skip it, and whatever is between counts it as traffic.
PING = b": ping\n\n"


class Event(bytes):
    """A server-sent event: the bytes of it, ready to be yielded or written.

    ``data`` is a str, sent as it is, or any other value, sent as JSON; without it clients take note of ``id``
    and ``retry`` and dispatch nothing. ``event`` is its type ("message" by default). ``id`` is what a client
    that reconnects sends as Last-Event-ID; an empty one makes it send none. ``retry`` is how long, in
    milliseconds, it waits before it reconnects. Raises TypeError or ValueError for what has no encoding.
    """

    id: str | None

    def __new__(
        cls, data: Any = None, *, event: str | None = None, id: str | None = None, retry: int | None = None
    ) -> Self:
        """Encode the fields that are given."""
        fields = []
        if event is not None:
            fields.append(("event", _line("event", event)))
        if id is not None:
            fields.append(("id", _line("id", id)))
        if retry is not None:
            fields.append(("retry", _milliseconds(retry)))
        if data is not None:
            text = data if isinstance(data, str) else _json_codec.dumps_ascii(data)
            fields.extend(("data", line) for line in _lines(text))
        if not fields:
            raise ValueError("an event needs at least one of data, event, id and retry")
        encoded = "".join(f"{name}: {value}\n" for name, value in fields) + "\n"
        made = super().__new__(cls, encoded.encode("utf-8"))
        made.id = id
        return made


def as_event(item: object) -> Event:
    """Return ``item`` if it is an event, and a str as an event's data. Raises TypeError for anything else."""
    if isinstance(item, Event):
        return item
    if isinstance(item, str):
        return Event(item)
    raise TypeError(f"expected an Event, or a str as its data, got {type(item).__name__}")


def last_event_id(event: Mapping[str, Any]) -> str | None:
    """Return the Last-Event-ID of a request, the id that its client goes on from; None for a new client.

    ``event`` is that of a function URL or of a REST API, which leaves the case of header names as it comes.
    A client sends the id in UTF-8.
    """
    for name, value in (event.get("headers") or {}).items():
        if name.lower() == "last-event-id":
            return as_utf8(value) or None
    return None


def _line(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, got {type(value).__name__}")
    if any(character in value for character in "\r\n\0"):
        raise ValueError(
            f"{name} must not contain a line break{' or NUL' if name == 'id' else ''}: {value!r}"
        )
    return value


def _milliseconds(retry: object) -> str:
    if not isinstance(retry, int) or isinstance(retry, bool):
        raise TypeError(f"retry must be an int, got {type(retry).__name__}")
    if retry < 0:
        raise ValueError(f"retry must not be negative, got {retry}")
    return str(int(retry))


def _lines(text: str) -> list[str]:
    """Split at the standard's line breaks alone, CRLF, CR and LF: str.splitlines knows more."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
