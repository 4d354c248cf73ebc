"""PayloadChunk and InvokeComplete, the messages of InvokeWithResponseStream, in AWS's event stream encoding.

https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html and
https://smithy.io/2.0/aws/amazon-eventstream.html: lengths and CRC, headers, payload, CRC.
"""

import json
import struct
import zlib
from collections.abc import Iterable

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7  # the type of a header's value
# Two lengths and a CRC in front, a CRC at the end.
_FIXED_BYTES = 16


def message(headers: Iterable[tuple[str, str]], payload: bytes) -> bytes:
    """Return one message."""
    encoded = b"".join(_header(name, value) for name, value in headers)
    prelude = struct.pack(">II", _FIXED_BYTES + len(encoded) + len(payload), len(encoded))
    checked = prelude + struct.pack(">I", zlib.crc32(prelude)) + encoded + payload
    return checked + struct.pack(">I", zlib.crc32(checked))


def payload_chunk(data: bytes) -> bytes:
    """Return the message with some bytes of the response."""
    return _event("PayloadChunk", "application/octet-stream", data)


def invoke_complete(error_code: str | None, error_details: str | None, log_result: str | None) -> bytes:
    """Return the last message, without the fields that are None."""
    fields = {"ErrorCode": error_code, "ErrorDetails": error_details, "LogResult": log_result}
    document = {name: value for name, value in fields.items() if value is not None}
    return _event("InvokeComplete", "application/json", json.dumps(document).encode())


def _event(event_type: str, content_type: str, payload: bytes) -> bytes:
    headers = [(":message-type", "event"), (":event-type", event_type), (":content-type", content_type)]
    return message(headers, payload)


def _header(name: str, value: str) -> bytes:
    name_bytes, value_bytes = name.encode(), value.encode()
    lengths = struct.pack(">BH", _STRING, len(value_bytes))
    return bytes([len(name_bytes)]) + name_bytes + lengths + value_bytes
