"""The little of CloudFormation that `sam remote invoke` asks for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from local_lambda.endpoints.lambda_api import cloudformation
from tests.support.parsed_by_botocore import parsed
from tests.unit.local_lambda.endpoints.lambda_api.test_describe import description


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
