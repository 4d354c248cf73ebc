"""The messages that the page gets, read by botocore."""

from __future__ import annotations

import json

from botocore.eventstream import EventStreamBuffer

from local_lambda.endpoints.console import frames


def test_messages() -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(frames.invocation("1-2"))
    buffer.add_data(frames.head(302, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=Ã¤")]))
    buffer.add_data(frames.chunk(b"\0\xff"))
    buffer.add_data(frames.end(cut=True))
    read = [(message.to_response_dict()["headers"][":event-type"], message.payload) for message in buffer]
    assert [name for name, _ in read] == ["Invocation", "Head", "PayloadChunk", "End"]
    assert json.loads(read[0][1]) == {"requestId": "1-2"}
    head = json.loads(read[1][1])
    assert head == {"status": 302, "headers": [["Set-Cookie", "a=1"], ["Set-Cookie", "b=Ã¤"]]}
    assert read[2][1] == b"\0\xff"
    assert json.loads(read[3][1]) == {"cut": True}
