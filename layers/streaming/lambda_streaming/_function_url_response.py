"""A function URL response as a buffered handler returns it, streamed: prelude and body, never raw JSON.

The defaults are those of a BUFFERED function URL, so that one handler serves both invoke modes.
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (response payloads)
"""

from __future__ import annotations

import binascii

from lambda_streaming._http_response_stream import HttpResponseStream
from lambda_streaming._marshal_response import to_json
from lambda_streaming._prelude import KEYS, OF_THE_CONNECTION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambda_streaming._response_stream import ResponseStream

# A streamed response is chunked, whatever length a buffered one had.
_DROPPED = (*OF_THE_CONNECTION, "content-length")
_JSON = {"Content-Type": "application/json"}


def send(result: Mapping[str, object] | str, stream: ResponseStream) -> None:
    """Stream what a handler has returned: a str, or a dict."""
    if isinstance(result, str):
        _send_text(result, stream)
    else:
        _send_document(result, stream)


def _send_text(text: str, stream: ResponseStream) -> None:
    """Stream a returned str as it is: 200 and, as on a BUFFERED URL, application/json."""
    HttpResponseStream.from_(stream, {"statusCode": 200, "headers": _JSON})
    stream.write(text)


def _send_document(result: Mapping[str, object], stream: ResponseStream) -> None:
    """Stream a returned dict: a response where it has a ``statusCode``, else a JSON document.

    Raises TypeError or ValueError for a field of the wrong type.
    """
    if "statusCode" not in result:
        _send_text(to_json(result), stream)
        return
    metadata = {key: result[key] for key in KEYS if result.get(key) is not None}
    headers = metadata.get("headers") or {}
    if isinstance(headers, dict):
        named = {name: value for name, value in headers.items() if str(name).lower() not in _DROPPED}
        has_type = any(str(name).lower() == "content-type" for name in named)
        metadata["headers"] = named if has_type else {**_JSON, **named}
    body = _body(result.get("body"), bool(result.get("isBase64Encoded")))
    HttpResponseStream.from_(stream, metadata)
    stream.write(body)


def _body(body: object, base64: bool) -> bytes | str:
    if body is None:
        return b""
    if not isinstance(body, (str, bytes)):
        return to_json(body)
    if not base64:
        return body
    try:
        return binascii.a2b_base64(body)
    except ValueError as error:
        raise ValueError(f"isBase64Encoded is true, but the body is not base64: {error}") from None
