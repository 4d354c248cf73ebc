"""What a web server answers for one file: whole, in part, not modified, or not at all.

RFC 9110: conditional requests (section 13), range requests (section 14), methods (section 9).
"""

import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from typing import Any, NamedTuple


class File(NamedTuple):
    """The file on offer: size in bytes, a strong entity tag with its quotes, seconds since the epoch."""

    size: int
    etag: str
    modified: int
    content_type: str


class Answer(NamedTuple):
    """The response's metadata, and which bytes of the file are its body."""

    metadata: dict[str, Any]
    first: int
    length: int


def answer(file: File, method: str, headers: Mapping[str, str]) -> Answer:
    """Answer a request for the file; ``headers`` are named in lower case."""
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
        return Answer({"statusCode": 200, "headers": fields}, 0, file.size)
    if not span:
        return _without_body(416, {**fields, "Content-Range": f"bytes */{file.size}"})
    fields["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size}"
    return Answer({"statusCode": 206, "headers": fields}, span.start, len(span))


def _without_body(status: int, headers: Mapping[str, str]) -> Answer:
    return Answer({"statusCode": status, "headers": dict(headers)}, 0, 0)


def _is_current(file: File, headers: Mapping[str, str]) -> bool:
    """Tell whether the client has the file already; entity tags go before dates (section 13.2.2)."""
    if tags := headers.get("if-none-match"):
        known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return file.etag in known or tags.strip() == "*"
    since = _seconds(headers.get("if-modified-since"))
    return since is not None and file.modified <= since


def _range(file: File, headers: Mapping[str, str]) -> range | None:
    """Return the bytes asked for, none of them if there are none such; None for the whole file.

    More than one range, or what is no range of bytes, may be answered with the whole file (section 14.2).
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
    """Tell whether what the client has a part of is this very file (If-Range, section 13.1.5)."""
    if condition is None:
        return True
    return condition == file.etag or _seconds(condition) == file.modified


def _seconds(date: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp()) if date else None
    except ValueError:
        return None
