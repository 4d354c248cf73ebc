"""What a runtime posted, as it arrived: which byte came with which read.

The framing is HTTP/1.1 (RFC 9112), the prelude Lambda's:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
"""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field

# The prelude ends with eight NULs. What follows them is payload, at once or in the next chunk.
_PAYLOAD = re.compile(rb"\0{8}(?:\r\n(?P<size>[0-9a-fA-F]+)\r\n)?")
_STAMP = re.compile(rb"[0-9]{20}")


class WireError(Exception):
    """A peer sent what is not a well-formed response, or not the bytes that were asked for."""


@dataclass(slots=True)
class Head:
    """The first line and the headers of one request; names are lower case."""

    line: str
    headers: dict[str, str]

    @classmethod
    def parse(cls, raw: bytes) -> "Head":
        """Parse the bytes before the empty line."""
        line, *fields = raw.decode("latin-1").split("\r\n")
        pairs = (text.partition(":") for text in fields)
        return cls(line, {name.strip().lower(): value.strip() for name, _, value in pairs})

    @property
    def length(self) -> int | None:
        """The body's length, or None when it is chunked."""
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return None
        return int(self.headers.get("content-length", "0"))


@dataclass(slots=True)
class Post:
    """One POST: its head, the first bytes of its body, and when which byte had arrived.

    `ends[i]` is the number of body bytes read by `times[i]` (nanoseconds of CLOCK_MONOTONIC).
    """

    head: Head
    body: bytearray = field(default_factory=bytearray)
    times: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes of the body as sent, framing included."""
        return self.ends[-1] if self.ends else 0

    def arrival(self, offset: int) -> int:
        """When the body byte at `offset` had been read."""
        return self.times[bisect_right(self.ends, offset)]

    def first_payload(self) -> int | None:
        """When the first byte behind the prelude, if there is one, was there; None if there was no body."""
        if self.head.length is not None:
            return self.arrival(0) if self.head.length else None
        match = _PAYLOAD.search(self.body)
        if match is None or match["size"] == b"0":
            return None
        return self.arrival(match.end())

    def delays(self) -> list[int]:
        """For each line that carries its own write time: nanoseconds from then to the line's arrival."""
        return [self.arrival(found.end()) - int(found[0]) for found in _STAMP.finditer(self.body)]

    def arrivals(self) -> list[int]:
        """When each line that carries its own write time was there."""
        return [self.arrival(found.end()) for found in _STAMP.finditer(self.body)]


def payload(post: Post) -> bytes:
    """The body as a function URL's client gets it, strictly decoded; needs a Post that kept all its bytes."""
    if post.head.length is None:
        prelude, nuls, data = dechunk(bytes(post.body)).partition(b"\0" * 8)
        if nuls:
            _expect(json.loads(prelude).get("statusCode") == 200, "a prelude with statusCode 200")
        return data if nuls else prelude
    answer = json.loads(post.body)
    _expect(answer.get("statusCode") == 200, "a function URL answer with statusCode 200")
    return str(answer.get("body", "")).encode()


def dechunk(raw: bytes) -> bytes:
    """Decode a chunked body; whatever is left over, missing or malformed is an error."""
    pieces: list[bytes] = []
    position = 0
    while True:
        line_end = raw.find(b"\r\n", position)
        _expect(line_end > 0, "a chunk size line")
        size, position = int(raw[position:line_end], 16), line_end + 2
        if size == 0:
            _expect(raw[position:] == b"\r\n", "nothing behind the last chunk")
            return b"".join(pieces)
        pieces.append(raw[position : position + size])
        position += size + 2
        _expect(raw[position - 2 : position] == b"\r\n", "CR LF behind a chunk's data")


def _expect(condition: bool, what: str) -> None:
    if not condition:
        raise WireError(f"expected {what}")
