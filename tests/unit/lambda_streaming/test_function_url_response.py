from __future__ import annotations

import json
from typing import Any

from lambda_streaming import _function_url_response
from tests.support.recording_client import RecordingClient, make_stream


def sent(result: Any) -> tuple[dict[str, Any], bytes]:
    client = RecordingClient()
    stream = make_stream(client)
    _function_url_response.send(result, stream)
    stream.end()
    prelude, _, body = client.body.partition(b"\0" * 8)
    return json.loads(prelude), body


def test_headers_of_a_buffered_response_that_a_streamed_one_does_not_have() -> None:
    headers = {"X-A": "b", "content-type": "text/plain"}
    own = {"Content-Length": "4", "Date": "x", "Connection": "close"}
    metadata, body = sent({"statusCode": 200, "headers": {**own, **headers}, "body": "body"})
    assert metadata["headers"] == headers
    assert body == b"body"


def test_the_default_type() -> None:
    assert sent({"statusCode": 200, "headers": {"Date": "x"}})[0]["headers"] == {
        "Content-Type": "application/json"
    }
