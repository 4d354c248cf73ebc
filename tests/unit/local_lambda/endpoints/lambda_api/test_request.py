"""What Invoke and InvokeWithResponseStream ask for."""

from __future__ import annotations

import base64
import json

import pytest

from local_lambda.endpoints.lambda_api.errors import ApiError
from local_lambda.endpoints.lambda_api.request import invoke_request
from local_lambda.http.message import HttpRequest
from local_lambda.model.limits import MAX_ASYNCHRONOUS_BYTES, MAX_REQUEST_BYTES


def request(**headers: str) -> HttpRequest:
    named = [("x-amz-" + name.replace("_", "-"), value) for name, value in headers.items()]
    return HttpRequest("POST", "/", named, "127.0.0.1", 1)


def test_an_invoke_request() -> None:
    made = invoke_request(request(log_type="Tail"), b'{"a": 1}')
    assert (made.event, made.invocation_type, made.wants_log) == (b'{"a": 1}', "RequestResponse", True)
    assert invoke_request(request(), b"").event == b"{}"
    assert invoke_request(request(invocation_type="DryRun"), b"no json").invocation_type == "DryRun"


@pytest.mark.parametrize("body", [b"no json", b"{", b"NaN", b"\xff", b"[" * 100_000, b'{"a": 1} more'])
def test_invalid_content(body: bytes) -> None:
    with pytest.raises(ApiError, match="InvalidRequestContentException") as raised:
        invoke_request(request(), body)
    assert json.loads(raised.value.response.body)["message"].startswith(
        "Could not parse request body into json: "
    )


@pytest.mark.parametrize(
    ("kind", "limit"), [("RequestResponse", MAX_REQUEST_BYTES), ("Event", MAX_ASYNCHRONOUS_BYTES)]
)
def test_the_largest_payload(kind: str, limit: int) -> None:
    largest = b'"' + b"x" * (limit - 2) + b'"'
    assert invoke_request(request(invocation_type=kind), largest).event == largest
    for body in (largest + b" ", None):
        with pytest.raises(ApiError, match="RequestTooLargeException"):
            invoke_request(request(invocation_type=kind), body)


def test_client_context() -> None:
    text = '{"custom": {\n"grüße": "\\n"}}'
    encoded = base64.b64encode(text.encode()).decode()
    context = invoke_request(request(client_context=encoded), b"").client_context
    assert context is not None
    assert json.loads(context) == json.loads(text)
    assert context.isascii()
    assert "\n" not in context
    assert (
        invoke_request(request(client_context=encoded, invocation_type="Event"), b"").client_context is None
    )


@pytest.mark.parametrize("value", ["no base64!", base64.b64encode(b"no json").decode(), "e30=" * 1000])
def test_invalid_client_context(value: str) -> None:
    with pytest.raises(ApiError, match="InvalidRequestContentException"):
        invoke_request(request(client_context=value), b"")


def test_an_invalid_type() -> None:
    with pytest.raises(ApiError, match="InvalidParameterValueException"):
        invoke_request(request(invocation_type="Later"), b"")
