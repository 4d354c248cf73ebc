"""Calls of the API as values: what is read from them, errors as SDKs see them, CloudFormation's XML."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import botocore.session
import pytest
from botocore.parsers import create_parser

from local_lambda.endpoints.lambda_api import cloudformation, errors
from local_lambda.endpoints.lambda_api.describe import FunctionDescription, function_list
from local_lambda.endpoints.lambda_api.errors import ApiError
from local_lambda.endpoints.lambda_api.request import invoke_request
from local_lambda.http.message import HttpRequest, HttpResponse
from local_lambda.model.function import FunctionConfiguration, FunctionUrlConfig
from local_lambda.model.limits import MAX_ASYNCHRONOUS_BYTES, MAX_REQUEST_BYTES

SESSION = botocore.session.get_session()


def parsed(service: str, operation: str, answer: HttpResponse) -> dict[str, Any]:
    """What botocore makes of an answer; errors included."""
    model = SESSION.get_service_model(service)
    operation_model = model.operation_model(operation)
    response = {
        "status_code": answer.status,
        "headers": {name.lower(): value for name, value in answer.headers},
        "body": answer.body,
    }
    protocol = "rest-json" if service == "lambda" else "query"
    shape: Any = operation_model.output_shape
    result: dict[str, Any] = create_parser(protocol).parse(response, shape)
    if answer.status >= 300:
        code = result["Error"]["Code"]
        modelled = {shape.name for shape in operation_model.error_shapes}
        result["modelled"] = code in modelled
    return result


@pytest.mark.parametrize(
    ("error", "status", "code", "text"),
    [
        (errors.function_not_found("arn"), 404, "ResourceNotFoundException", "Function not found: arn"),
        (errors.invalid_parameter("no"), 400, "InvalidParameterValueException", "no"),
        (errors.invalid_request_content("no"), 400, "InvalidRequestContentException", "no"),
        (
            errors.request_too_large(5),
            413,
            "RequestTooLargeException",
            "Request must be smaller than 5 bytes for the InvokeFunction operation",
        ),
        (
            errors.too_many_requests("ReservedFunctionConcurrentInvocationLimitExceeded"),
            429,
            "TooManyRequestsException",
            "Rate Exceeded.",
        ),
    ],
)
def test_errors_are_modelled(error: ApiError, status: int, code: str, text: str) -> None:
    assert error.response.status == status
    result = parsed("lambda", "Invoke", error.response)
    assert result["Error"] == {"Code": code, "Message": text}
    assert result["modelled"]
    assert json.loads(error.response.body)["Type"] == "User"


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


def description(name: str = "some<&>", url: str | None = "http://127.0.0.1:1/") -> FunctionDescription:
    config = FunctionUrlConfig("NONE", "RESPONSE_STREAM") if url else None
    configuration = FunctionConfiguration(
        "Some", name, "python3.13", "app.handler", Path("/c"), 7, 512, {"A": "1"}, url=config
    )
    return FunctionDescription(configuration, "eu-west-1", url, "2026-11-22T10:11:12.000+0000")


def validated(operation: str, document: Any) -> dict[str, Any]:
    """The document, of whose keys none is unknown to the model."""
    answer = HttpResponse(200, [], json.dumps(document).encode())
    result = parsed("lambda", operation, answer)
    del result["ResponseMetadata"]
    assert result == document
    return result


def test_descriptions_have_the_model_s_shape() -> None:
    one = description("some")
    configuration = validated("GetFunctionConfiguration", one.function_configuration("$LATEST"))
    assert configuration["FunctionArn"] == "arn:aws:lambda:eu-west-1:123456789012:function:some:$LATEST"
    assert configuration["Environment"] == {"Variables": {"A": "1"}}
    assert validated("GetFunction", one.function())["Configuration"]["Timeout"] == 7
    assert validated("ListFunctions", function_list([one, one]))["Functions"][1]["Handler"] == "app.handler"
    config = one.url_config()
    assert config is not None
    assert validated("GetFunctionUrlConfig", config)["InvokeMode"] == "RESPONSE_STREAM"
    assert validated("ListFunctionUrlConfigs", one.url_configs()) == {"FunctionUrlConfigs": [config]}
    assert description(url=None).url_config() is None
    assert validated("ListFunctionUrlConfigs", description(url=None).url_configs()) == {
        "FunctionUrlConfigs": []
    }


def call(action: str, **parameters: str) -> dict[str, Any]:
    body = urlencode({"Action": action, "Version": "2010-05-15", **parameters}).encode()
    return parsed("cloudformation", action, cloudformation.response(body, [description()], "an-id"))


def test_the_resources_of_a_stack() -> None:
    (summary,) = call("ListStackResources", StackName="st")["StackResourceSummaries"]
    assert (summary["LogicalResourceId"], summary["PhysicalResourceId"]) == ("Some", "some<&>")
    assert (summary["ResourceType"], summary["ResourceStatus"]) == (
        "AWS::Lambda::Function",
        "CREATE_COMPLETE",
    )
    assert summary["LastUpdatedTimestamp"].year == 2026
    (resource,) = call("DescribeStackResources", PhysicalResourceId="some<&>")["StackResources"]
    assert resource["LogicalResourceId"] == "Some"
    assert resource["StackId"].startswith("arn:aws:cloudformation:eu-west-1:")
    assert call("DescribeStackResources", StackName="st", LogicalResourceId="Other")["StackResources"] == []


def test_what_is_not_there() -> None:
    error = call("DescribeStackResources", PhysicalResourceId="other")["Error"]
    assert (error["Code"], error["Message"]) == ("ValidationError", "Stack for other does not exist")
    assert call("DescribeStacks")["Error"]["Code"] == "InvalidAction"
    assert cloudformation.response(b"\xff\xfe=&&", [], "an-id").status == 400
