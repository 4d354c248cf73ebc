"""The frames of InvokeWithResponseStream, against botocore's parser and known bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from local_lambda.endpoints.eventstream import invoke_complete, message, payload_chunk

CHUNK = bytes.fromhex(
    "0000006c0000005ab25efdcf0d3a6d6573736167652d747970650700056576656e740b3a6576656e742d7479706507000c5061796c6f61"
    "644368756e6b0d3a636f6e74656e742d747970650700186170706c69636174696f6e2f6f637465742d73747265616d6869314138e4"
)
COMPLETE = bytes.fromhex(
    "00000066000000541f56c8690b3a6576656e742d7479706507000e496e766f6b65436f6d706c6574650d3a636f6e74656e742d74797065"
    "0700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b7d7006d467"
)


def decode(*pieces: bytes) -> list[tuple[dict[str, Any], bytes]]:
    buffer: Any = EventStreamBuffer()
    messages: list[tuple[dict[str, Any], bytes]] = []
    for piece in pieces:
        buffer.add_data(piece)
        messages += [(found.headers, found.payload) for found in buffer]
    return messages


def test_known_bytes() -> None:
    assert payload_chunk(b"hi") == CHUNK
    # Of another implementation, which has the headers in another order: that is free.
    headers = [(":event-type", "InvokeComplete"), (":content-type", "application/json")]
    assert message([*headers, (":message-type", "event")], b"{}") == COMPLETE
    assert decode(invoke_complete(None, None, None)) == decode(COMPLETE)


@given(st.lists(st.binary(max_size=200)), st.integers(1, 50))
def test_botocore_reads_them_at_every_cut(pieces: list[bytes], size: int) -> None:
    data = b"".join(map(payload_chunk, pieces))
    cut = [data[at : at + size] for at in range(0, len(data), size)]
    messages = decode(*cut)
    assert [payload for _, payload in messages] == pieces
    assert all(headers[":event-type"] == "PayloadChunk" for headers, _ in messages)


def test_how_it_ended() -> None:
    ((headers, payload),) = decode(invoke_complete("SomeError", '{"errorMessage":"grüße"}', "bG9n"))
    assert headers == {
        ":message-type": "event",
        ":event-type": "InvokeComplete",
        ":content-type": "application/json",
    }
    assert json.loads(payload) == {
        "ErrorCode": "SomeError",
        "ErrorDetails": '{"errorMessage":"grüße"}',
        "LogResult": "bG9n",
    }


@pytest.mark.parametrize("size", [0, 1, 65536, 6_291_556])
def test_sizes(size: int) -> None:
    assert decode(payload_chunk(bytes(size)))[0][1] == bytes(size)
