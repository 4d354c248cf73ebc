"""The chunks of a body that are there in one piece, taken out without h11 (RFC 9112 section 7.1).

A runtime sends a chunk for each write, and h11 costs several times as much as all else that is done with it.
Whatever is not plainly a whole chunk is left to h11: the last one, an extension, a fault.
"""

import re

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")


def whole_chunks(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the content of the chunks that the data begins with, and the rest; the first begins it."""
    found: list[bytes] = []
    at = 0
    while (match := _SIZE.match(data, at)) is not None:
        begin = match.end()
        end = begin + int(match[1], 16)
        if end == begin or data[end : end + 2] != b"\r\n":
            break
        found.append(data[begin:end])
        at = end + 2
    return found, data[at:]
