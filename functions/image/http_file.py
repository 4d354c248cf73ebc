"""The response of a web server for one file: the whole file, a part of it, not modified, or an error.

RFC 9110: conditional requests (section 13), range requests (section 14), methods (section 9).
"""

import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from typing import Any, NamedTuple


class File(NamedTuple):
    """The file: size in bytes, strong entity tag with quotes, time of change in seconds since the epoch."""

    size: int
    etag: str
    modified: int
    content_type: str


class Response(NamedTuple):
    """The response's metadata, and which bytes of the file are its body."""

    metadata: dict[str, Any]
    first: int
    length: int


def respond(file: File, method: str, headers: Mapping[str, str]) -> Response:
    """Return the response to a request for ``file``; the names in ``headers`` are in lower case."""
    if method not in ("GET", "HEAD"):
        return _without_body(405, {"Allow": "GET, HEAD"})
    fields = {
        "ETag": file.etag,
        "Last-Modified": formatdate(file.modified, usegmt=True),
        "Cache-Control": "public, max-age=3600",
        "Accept-Ranges": "bytes",
    }
    if _is_current(file, headers):
        return _without_body(304, fields)
    fields["Content-Type"] = file.content_type
    if method == "HEAD":
        return _without_body(200, fields)
    span = _range(file, headers)
    if span is None:
        return Response({"statusCode": 200, "headers": fields}, 0, file.size)
    if not span:
        return _without_body(416, {**fields, "Content-Range": f"bytes */{file.size}"})
    fields["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size}"
    return Response({"statusCode": 206, "headers": fields}, span.start, len(span))


def _without_body(status: int, headers: Mapping[str, str]) -> Response:
    return Response({"statusCode": status, "headers": dict(headers)}, 0, 0)


def _is_current(file: File, headers: Mapping[str, str]) -> bool:
    """Return whether the client has the file already; entity tags go before dates (section 13.2.2)."""
    if tags := headers.get("if-none-match"):
        known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return file.etag in known or tags.strip() == "*"
    since = _seconds(headers.get("if-modified-since"))
    return since is not None and file.modified <= since


def _range(file: File, headers: Mapping[str, str]) -> range | None:
    """Return the range of bytes asked for, empty if the file does not have it; None for the whole file.

    For several ranges, or one that cannot be read, the response may be the whole file (section 14.2).
    """
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", headers.get("range", "").strip(), re.ASCII)
    if not match or not any(match.groups()) or not _may_be_part(file, headers.get("if-range")):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, file.size - int(last)), file.size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1 if last else file.size, file.size))


def _may_be_part(file: File, condition: str | None) -> bool:
    """Return whether the client has a part of this same file (If-Range, section 13.1.5)."""
    if condition is None:
        return True
    return condition == file.etag or _seconds(condition) == file.modified


def _seconds(date: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp()) if date else None
    except ValueError:
        return None
