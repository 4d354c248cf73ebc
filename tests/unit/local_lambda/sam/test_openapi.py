"""Methods of OpenAPI documents and of AWS::ApiGateway::Method resources."""

from __future__ import annotations

from typing import Any

import pytest

from local_lambda.sam.openapi import Method, method_of_resource, methods_of_document

URI = "arn:aws:apigateway:eu-west-1:lambda:path/2021-11-15/functions/{}/response-streaming-invocations"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:F"


def integration(**more: Any) -> dict[str, Any]:
    return {"type": "aws_proxy", "responseTransferMode": "STREAM", "uri": URI.format(ARN), **more}


def methods(**operations: Any) -> list[Method]:
    return list(methods_of_document({"paths": {"/a": operations}}))


def test_a_document() -> None:
    key = "x-amazon-apigateway-integration"
    found = methods(
        get={key: integration(), "security": [{"key": []}]},
        parameters=[{"name": "id"}],
        **{"x-amazon-apigateway-any-method": {key: integration()}},
    )
    assert [(one.method, one.path, one.function, one.authorized) for one in found] == [
        ("GET", "/a", ARN, True),
        ("ANY", "/a", ARN, False),
    ]
    assert [one.not_served() for one in found] == ["", ""]
    assert list(methods_of_document({"swagger": "2.0"})) == []


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"type": "mock"}, "its integration is MOCK, not AWS_PROXY"),
        ({"responseTransferMode": "BUFFERED"}, "its responseTransferMode is not STREAM"),
        ({"uri": "https://example.com"}, "its uri names no function: https://example.com"),
        (
            {"uri": URI.format(ARN).replace("response-streaming-invocations", "invocations")},
            "its uri ends in /invocations, and must end in /response-streaming-invocations to stream",
        ),
    ],
)
def test_what_cannot_be_served(more: dict[str, Any], why: str) -> None:
    (method,) = methods(get={"x-amazon-apigateway-integration": integration(**more)})
    assert method.not_served() == why
    (method,) = methods(get={})
    assert method.not_served() == "its integration is none, not AWS_PROXY"


@pytest.mark.parametrize(
    "uri",
    [
        {"Fn::Sub": URI.format("${F.Arn}")},
        {"Fn::Sub": [URI.format("${F.Arn}"), {}]},
        {
            "Fn::Join": [
                "",
                [*URI.format("|").split("|")[:1], {"Fn::GetAtt": ["F", "Arn"]}, *URI.split("{}")[1:]],
            ]
        },
    ],
)
def test_what_sam_cli_cannot_resolve(uri: Any) -> None:
    (method,) = methods(get={"x-amazon-apigateway-integration": integration(uri=uri)})
    assert method.not_served() == ""
    assert method.function.strip("${}") == "F.Arn"


def test_a_resource() -> None:
    properties = {
        "HttpMethod": "post",
        "AuthorizationType": "AWS_IAM",
        "Integration": {"Type": "AWS_PROXY", "ResponseTransferMode": "STREAM", "Uri": URI.format(ARN)},
    }
    method = method_of_resource("/a", properties)
    assert (method.method, method.function, method.authorized, method.not_served()) == ("POST", ARN, True, "")
