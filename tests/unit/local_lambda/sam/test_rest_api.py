"""The REST APIs that a template declares."""

from __future__ import annotations

from typing import Any

from local_lambda.model.function import RestApiRoute
from local_lambda.sam.rest_api import rest_apis


def test_the_apis_of_a_template() -> None:
    def stream(path: str, **more: Any) -> dict[str, Any]:
        properties = {
            "Path": path,
            "Method": "get",
            "ResponseTransferMode": "RESPONSE_STREAM",
            "RestApiId": "Api",
        }
        return {"Type": "Api", "Properties": {**properties, **more}}

    events = {
        "A": stream("/a"),
        "B": stream("/b", ResponseTransferMode="BUFFERED"),
        "C": stream("/c", Auth={"Authorizer": "AWS_IAM"}),
        "D": stream("/d", RestApiId={"Fn::ImportValue": "other"}),
        "E": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}},
    }
    resources = {
        "Api": {
            "Type": "AWS::Serverless::Api",
            "Properties": {"StageName": "v1", "BinaryMediaTypes": ["a~1b"]},
        },
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {"Events": events}},
        "Quiet": {"Type": "AWS::Serverless::Function", "Properties": {}},
    }
    notices: list[str] = []
    (api,) = rest_apis(resources, "Nested", notices)
    assert (api.logical_id, api.stage, api.endpoint_type) == ("Nested/Api", "v1", "EDGE")
    assert api.routes == (
        RestApiRoute(method="GET", path="/a", function="Nested/Function"),
        RestApiRoute(method="GET", path="/c", function="Nested/Function"),
    )
    assert api.binary_media_types == ("a/b",)
    assert [notice.split(" ")[:3] for notice in notices] == [
        ["Nested/Function:", "GET", "/b"],
        ["Nested/Function:", "the", "Authorizer"],
    ]
