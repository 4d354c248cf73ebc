"""Messages of AWS's event stream encoding, for servers that stand in for a service; botocore reads them.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html has the encoding.
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

_STRING = 7


def event(name: str, payload: dict[str, Any]) -> bytes:
    """Encode an event."""
    return _message({":message-type": "event", ":event-type": name}, payload)


def exception(name: str, payload: dict[str, Any]) -> bytes:
    """Encode one of the errors that a service's model has."""
    return _message({":message-type": "exception", ":exception-type": name}, payload)


def _message(headers: dict[str, str], payload: dict[str, Any]) -> bytes:
    head = b"".join(
        _header(name, value) for name, value in {**headers, ":content-type": "application/json"}.items()
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(head) + len(body), len(head))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + body
    return message + struct.pack(">I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    return (
        struct.pack(">B", len(name))
        + name.encode()
        + struct.pack(">BH", _STRING, len(value))
        + value.encode()
    )
