from __future__ import annotations

import json
import os
from typing import Any
from unittest import mock

import awslambdaric.lambda_context
import pytest

from lambda_streaming._context import LambdaContext
from lambda_streaming._exceptions import RuntimeFault
from lambda_streaming._invocation import Invocation

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f:live"
CLIENT: dict[str, Any] = {
    "client": {
        "installation_id": "i",
        "app_title": "t",
        "app_version_name": "n",
        "app_version_code": "c",
        "app_package_name": "p",
    },
    "custom": {"k": "ž"},
    "env": {"locale": "cs"},
}
COGNITO = {"cognitoIdentityId": "id", "cognitoIdentityPoolId": "pool"}
ENVIRON = {
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
    "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/22/[7]abc",
    "AWS_LAMBDA_FUNCTION_NAME": "f",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_FUNCTION_VERSION": "7",
}


def context(headers: dict[str, str], now: float = 0.0) -> LambdaContext:
    """The context for the headers named, ``deadline-ms`` for lambda-runtime-deadline-ms and so on."""
    fields = {f"lambda-runtime-{name}": value for name, value in headers.items()}
    return LambdaContext(Invocation(fields, b""), ENVIRON, lambda: now)


FULL = {
    "aws-request-id": "request",
    "deadline-ms": "1000",
    "invoked-function-arn": ARN,
    "client-context": json.dumps({**CLIENT, "w3c": {"traceparent": "00-1"}}),
    "cognito-identity": json.dumps(COGNITO),
    "aws-tenant-id": "tenant",
}


def test_all_fields() -> None:
    made = context(FULL)
    assert made.aws_request_id == "request"
    assert made.invoked_function_arn == ARN
    assert made.tenant_id == "tenant"
    assert made.log_group_name == "/aws/lambda/f"
    assert made.log_stream_name == "2026/11/22/[7]abc"
    assert made.function_name == "f"
    assert made.memory_limit_in_mb == "128"
    assert made.function_version == "7"
    assert made.identity.cognito_identity_id == "id"
    assert made.identity.cognito_identity_pool_id == "pool"
    assert made.client_context is not None
    assert made.client_context.custom == {"k": "ž"}
    assert made.client_context.env == {"locale": "cs"}
    assert made.client_context.client is not None
    for name, value in CLIENT["client"].items():
        assert getattr(made.client_context.client, name) == value


def test_nothing_sent() -> None:
    made = LambdaContext(Invocation({}, b""), {}, lambda: 0)
    assert made.client_context is None
    assert made.tenant_id is None
    assert made.invoked_function_arn == ""
    assert made.function_name is None
    assert (made.identity.cognito_identity_id, made.identity.cognito_identity_pool_id) == (None, None)
    assert made.get_remaining_time_in_millis() == 0


@pytest.mark.parametrize("client", [None, {}, {"custom": {"a": 1}}, {"client": {}}, CLIENT, {"other": 1}])
@pytest.mark.parametrize("cognito", [None, {}, COGNITO])
def test_the_same_as_under_the_managed_runtime(client: Any, cognito: Any) -> None:
    headers = {
        name: FULL[name]
        for name in ("aws-request-id", "deadline-ms", "invoked-function-arn", "aws-tenant-id")
    }
    if client is not None:
        headers["client-context"] = json.dumps(client)
    if cognito is not None:
        headers["cognito-identity"] = json.dumps(cognito)
    with mock.patch.dict(os.environ, ENVIRON):
        theirs = awslambdaric.lambda_context.LambdaContext("request", client, cognito, 1000, ARN, "tenant")
    ours = context(headers)
    assert repr(ours) == repr(theirs)
    public = {name for name in dir(theirs) if not name.startswith("_")}
    assert {name for name in dir(ours) if not name.startswith("_")} == public | {"response_stream"}
    for name in ("client_context", "identity"):
        if getattr(theirs, name) is not None:
            assert set(type(getattr(ours, name)).__slots__) == set(type(getattr(theirs, name)).__slots__)


@pytest.mark.parametrize(
    "w3c",
    [
        {"traceparent": "00-a-b-01", "tracestate": "x=y", "baggage": "k=v"},
        {"traceparent": "00-a-b-01", "other": "dropped"},
        {"traceparent": 5, "tracestate": None, "baggage": "kept"},
        {},
        "no dict",
        None,
    ],
)
def test_w3c(w3c: Any) -> None:
    sent = {"custom": {}, "w3c": w3c}
    theirs = awslambdaric.lambda_context.LambdaContext("r", {**sent}, None, 0)
    ours = context({"client-context": json.dumps(sent)})
    assert ours.w3c() == theirs.w3c()
    assert not hasattr(ours.client_context, "w3c")


def test_w3c_is_a_copy() -> None:
    made = context(FULL)
    made.w3c()["traceparent"] = "changed"
    assert made.w3c() == {"traceparent": "00-1"}
    assert context({}).w3c() == {}


@pytest.mark.parametrize(
    ("now", "left"), [(0, 10_000), (9.9989, 2), (9.9995, 1), (10, 0), (10.0001, 0), (1e6, 0)]
)
def test_remaining_time(now: float, left: int) -> None:
    assert context({"deadline-ms": "10000"}, now).get_remaining_time_in_millis() == left


def test_remaining_time_follows_the_clock() -> None:
    times = iter([1.0, 2.0])
    made = LambdaContext(Invocation({"lambda-runtime-deadline-ms": "3000"}, b""), {}, lambda: next(times))
    assert [made.get_remaining_time_in_millis() for _ in range(2)] == [2000, 1000]


def test_log_writes_text_as_it_is() -> None:
    lines: list[str] = []
    made = LambdaContext(Invocation({}, b""), {}, lambda: 0, lines.append)
    made.log("a\n")
    made.log(5)
    assert lines == ["a\n", "5"]


@pytest.mark.parametrize(
    ("header", "name"), [("client-context", "Client Context"), ("cognito-identity", "Cognito Identity")]
)
def test_a_header_that_is_not_json(header: str, name: str) -> None:
    expected = f"Unable to parse {name} JSON: Expecting value: line 1 column 1 \\(char 0\\)"
    with pytest.raises(RuntimeFault, match=expected) as raised:
        context({header: "nonsense"})
    assert raised.value.error_type == "Runtime.LambdaContextUnmarshalError"


def invocation(body: bytes, content_type: str | None = "application/json") -> Invocation:
    return Invocation({} if content_type is None else {"content-type": content_type}, body)


def test_event_is_json() -> None:
    assert invocation('{"a": [1, "ž"]}'.encode()).event() == {"a": [1, "ž"]}
    assert invocation(b"null").event() is None
    assert invocation(b'\xef\xbb\xbf{"a": 1}').event() == {"a": 1}


@pytest.mark.parametrize("content_type", [None, "application/octet-stream", "text/plain"])
def test_event_of_another_type_is_bytes(content_type: str | None) -> None:
    assert invocation(b"\xff{", content_type).event() == b"\xff{"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'"\xed\xa0\x80"'])
def test_event_that_is_not_json(body: bytes) -> None:
    with pytest.raises(RuntimeFault, match="Unable to unmarshal input: ") as raised:
        invocation(body).event()
    assert raised.value.error_type == "Runtime.UnmarshalError"


def test_what_the_loop_reads() -> None:
    made = Invocation(
        {
            "lambda-runtime-aws-request-id": "r",
            "lambda-runtime-trace-id": "Root=1",
            "lambda-runtime-aws-tenant-id": "t",
            "lambda-runtime-invocation-id": "i",
        },
        b"",
    )
    assert (made.request_id, made.trace_id, made.tenant_id, made.invocation_id) == ("r", "Root=1", "t", "i")
    bare = Invocation({}, b"")
    assert (bare.request_id, bare.trace_id, bare.tenant_id, bare.invocation_id) == ("", None, None, None)
