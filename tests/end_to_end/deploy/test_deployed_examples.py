"""The examples, deployed with the real `sam` against the stand-in; not the image, which needs a registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Built
from tools.rehearsal import REGION
from tools.rehearsal.rehearsal import Rehearsal


class Deployed:
    """One example's stack."""

    def __init__(self, rehearsal: Rehearsal, name: str, template: Path) -> None:
        self._rehearsal = rehearsal
        self._stack = f"example-{name}"
        named = ["--template-file", str(template), "--stack-name", self._stack, "--region", REGION]
        options = ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"]
        command = ["sam", "deploy", *named, *options]
        status, output = rehearsal.run(command, cwd=rehearsal.project / "examples" / name)
        assert status == 0, output
        description = self.client("cloudformation").describe_stacks(StackName=self._stack)["Stacks"][0]
        assert description["StackStatus"] == "CREATE_COMPLETE"
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in description["Outputs"]}

    def client(self, service: str) -> Any:
        return self._rehearsal.client(service)

    def physical(self, logical_id: str) -> str:
        """The name of a resource."""
        found = self.client("cloudformation").describe_stack_resource(
            StackName=self._stack, LogicalResourceId=logical_id
        )
        name: str = found["StackResourceDetail"]["PhysicalResourceId"]
        return name

    def noted(self, kind: str, logical_id: str) -> Any:
        """The properties of a resource that the stand-in only notes, with references resolved."""
        found = self.client("cloudcontrol").get_resource(TypeName=kind, Identifier=self.physical(logical_id))
        return json.loads(found["ResourceDescription"]["Properties"])

    def function(self, logical_id: str) -> Any:
        """A function's configuration, which has the layer of the stack and its wrapper."""
        found = self.client("lambda").get_function_configuration(FunctionName=self.physical(logical_id))
        (layer,) = found["Layers"]
        assert layer["Arn"] == self.physical_of_type("AWS::Lambda::LayerVersion")
        wrapper = found["Environment"]["Variables"]["AWS_LAMBDA_EXEC_WRAPPER"]
        assert (found["Runtime"], wrapper) == ("python3.13", "/opt/python/streaming-bootstrap")
        return found

    def physical_of_type(self, kind: str) -> str:
        """The name of the only resource of a type."""
        resources = self.client("cloudformation").describe_stack_resources(StackName=self._stack)[
            "StackResources"
        ]
        (name,) = [one["PhysicalResourceId"] for one in resources if one["ResourceType"] == kind]
        return str(name)

    def url_of(self, logical_id: str) -> tuple[str, str, str]:
        """A function URL, how it lets in and how it answers."""
        found = self.client("lambda").get_function_url_config(FunctionName=self.physical(logical_id))
        return found["FunctionUrl"], found["AuthType"], found["InvokeMode"]


Deploy = Callable[[str], Deployed]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with Rehearsal(tmp_path_factory.mktemp("examples")) as rehearsal:
        yield rehearsal


@pytest.fixture(scope="module")
def deploy(rehearsal: Rehearsal, built: Built) -> Deploy:
    """Deploy an example, built."""
    return lambda name: Deployed(rehearsal, name, built(name))


def test_api_gateway(deploy: Deploy) -> None:
    stack = deploy("api-gateway")
    function = stack.function("CountdownFunction")
    api = stack.noted("AWS::ApiGateway::RestApi", "Api")
    integration = api["Body"]["paths"]["/countdown/{from}"]["get"]["x-amazon-apigateway-integration"]
    assert integration["responseTransferMode"] == "STREAM"
    assert integration["uri"] == (
        f"arn:aws:apigateway:{REGION}:lambda:path/2021-11-15/functions/{function['FunctionArn']}"
        "/response-streaming-invocations"
    )
    name = stack.physical("Api")
    stage = stack.noted("AWS::ApiGateway::Stage", "ApiProdStage")
    assert (stage["StageName"], stage["RestApiId"]) == ("Prod", name)
    assert stack.outputs == {
        "CountdownUrl": f"https://{name}.execute-api.{REGION}.amazonaws.com/Prod/countdown/10"
    }


def test_cdn(deploy: Deploy) -> None:
    stack = deploy("cdn")
    distribution = stack.noted("AWS::CloudFront::Distribution", "Distribution")["DistributionConfig"]
    control = stack.physical("OriginAccessControl")
    origins = {origin["Id"]: origin for origin in distribution["Origins"]}
    for origin, function in (("counter", "CounterFunction"), ("image", "ImageFunction")):
        stack.function(function)
        url, auth_type, mode = stack.url_of(function)
        assert (auth_type, mode) == ("AWS_IAM", "RESPONSE_STREAM")
        assert f"https://{origins[origin]['DomainName']}/" == url
        assert origins[origin]["OriginAccessControlId"] == control
        policy = json.loads(
            stack.client("lambda").get_policy(FunctionName=stack.physical(function))["Policy"]
        )
        assert sorted(str(statement["Action"]) for statement in policy["Statement"]) == [
            "lambda:InvokeFunction",
            "lambda:InvokeFunctionUrl",
        ]
        assert "cloudfront.amazonaws.com" in json.dumps(policy)
        assert f":distribution/{stack.physical('Distribution')}" in json.dumps(policy)
    assert stack.outputs["ImageUrl"] == stack.outputs["StreamUrl"] + "cat.jpg"
    assert stack.outputs["StreamUrl"] == f"https://{stack.physical('Distribution')}.cloudfront.net/"


def test_fastapi(deploy: Deploy) -> None:
    stack = deploy("fastapi")
    function = stack.function("ChatFunction")
    assert function["Handler"] == "chat.handler"
    assert function["Environment"]["Variables"]["BEDROCK_MODEL_ID"] == ""
    url, auth_type, mode = stack.url_of("ChatFunction")
    assert (auth_type, mode) == ("NONE", "RESPONSE_STREAM")
    assert stack.outputs == {"ChatFunctionUrl": url}


def test_long_stream(deploy: Deploy) -> None:
    stack = deploy("long-stream")
    variables = stack.function("WorkFunction")["Environment"]["Variables"]
    assert variables["STOPPED_TABLE"] == stack.physical("StoppedTable")
    table = stack.client("dynamodb").describe_table(TableName=stack.physical("StoppedTable"))["Table"]
    assert table["KeySchema"] == [{"AttributeName": "job", "KeyType": "HASH"}]
    url, auth_type, mode = stack.url_of("WorkFunction")
    assert (auth_type, mode) == ("NONE", "RESPONSE_STREAM")
    assert stack.outputs == {"WorkFunctionUrl": url}


def test_mcp(deploy: Deploy) -> None:
    stack = deploy("mcp")
    variables = stack.function("McpFunction")["Environment"]["Variables"]
    assert (variables["ISSUER"], variables["CLIENT_ID"]) == ("", "")
    url, auth_type, mode = stack.url_of("McpFunction")
    assert (auth_type, mode) == ("NONE", "RESPONSE_STREAM")
    assert stack.outputs == {"McpFunctionUrl": url}


def test_agent(deploy: Deploy) -> None:
    stack = deploy("agent")
    assert stack.function("AgentFunction")["Environment"]["Variables"]["BEDROCK_MODEL_ID"] == ""
    url, auth_type, mode = stack.url_of("AgentFunction")
    assert (auth_type, mode) == ("NONE", "RESPONSE_STREAM")
    assert stack.outputs == {"AgentFunctionUrl": url}


def test_openai_compatible(deploy: Deploy) -> None:
    stack = deploy("openai-compatible")
    variables = stack.function("CompletionsFunction")["Environment"]["Variables"]
    assert (variables["BEDROCK_MODEL_ID"], len(variables["API_KEY"]) >= 16) == ("", True)
    url, auth_type, mode = stack.url_of("CompletionsFunction")
    assert (auth_type, mode) == ("NONE", "RESPONSE_STREAM")
    assert stack.outputs == {"CompletionsFunctionUrl": url}


def test_download(deploy: Deploy) -> None:
    stack = deploy("download")
    bucket = stack.physical("Bucket")
    outputs = {"BucketName": bucket}
    for name in ("DownloadFunction", "PictureFunction"):
        assert stack.function(name)["Environment"]["Variables"]["BUCKET"] == bucket
        url, auth_type, mode = stack.url_of(name)
        assert (auth_type, mode) == ("NONE", "RESPONSE_STREAM")
        outputs[f"{name}Url"] = url
    assert stack.outputs == outputs
