"""What `sam build && sam deploy` leaves behind: resources and outputs, never only an exit status."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from typing import Any

import botocore.exceptions
import pytest

from tools.rehearsal.deployed_code import archives
from tools.rehearsal.rehearsal import STACK, Rehearsal

FUNCTIONS = ("CounterFunction", "ImageFunction", "ExportFunction")
URL = re.compile(r"https://[0-9a-z]+\.lambda-url\.us-east-1\.on\.aws/")


@pytest.fixture(scope="module")
def functions(deployed: Rehearsal) -> dict[str, Any]:
    """The configuration of each function, as the Lambda API has it."""
    lambda_api = deployed.client("lambda")
    return {
        logical_id: lambda_api.get_function_configuration(FunctionName=name)
        for logical_id, name in deployed.functions().items()
    }


@pytest.fixture(scope="module")
def zips(deployed: Rehearsal) -> dict[str, zipfile.ZipFile]:
    """The archives in the bucket by the logical ids of what they are for."""
    _, found = archives(deployed.client("cloudformation"), deployed.client("s3"), STACK)
    return {logical_id: zipfile.ZipFile(io.BytesIO(archive)) for logical_id, archive in found.items()}


def test_the_stack_has_these_resources_and_no_others(deployed: Rehearsal) -> None:
    stack = deployed.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    resources = deployed.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    assert Counter(resource["ResourceType"] for resource in resources) == {
        "AWS::IAM::Role": 3,
        "AWS::Lambda::Function": 3,
        "AWS::Lambda::LayerVersion": 1,
        "AWS::Lambda::Permission": 6,
        "AWS::Lambda::Url": 3,
        "AWS::Logs::LogGroup": 3,
    }


def test_the_functions_run_the_streaming_runtime(functions: dict[str, Any]) -> None:
    assert set(functions) == set(FUNCTIONS)
    for configuration in functions.values():
        assert configuration["Handler"] == "app.handler"
        assert configuration["Runtime"] == "python3.13"
        assert configuration["Architectures"] == ["x86_64"]
        assert configuration["MemorySize"] == 256
        assert configuration["Environment"]["Variables"] == {
            "AWS_LAMBDA_EXEC_WRAPPER": "/opt/python/streaming-bootstrap"
        }
    assert {name: one["Timeout"] for name, one in functions.items()} == {
        "CounterFunction": 30,
        "ImageFunction": 30,
        "ExportFunction": 120,
    }


def test_the_layer_is_on_each_function(deployed: Rehearsal, functions: dict[str, Any]) -> None:
    (layer,) = deployed.client("lambda").list_layers()["Layers"]
    version = layer["LatestMatchingVersion"]
    assert "python3.13" in version["CompatibleRuntimes"]
    assert version["LicenseInfo"] == "Apache-2.0"
    for configuration in functions.values():
        assert [one["Arn"] for one in configuration["Layers"]] == [version["LayerVersionArn"]]


def test_each_url_streams_and_is_an_output(deployed: Rehearsal) -> None:
    outputs = deployed.outputs()
    assert set(outputs) == {f"{function}Url" for function in FUNCTIONS}
    for logical_id, name in deployed.functions().items():
        config = deployed.client("lambda").get_function_url_config(FunctionName=name)
        assert (config["AuthType"], config["InvokeMode"]) == ("NONE", "RESPONSE_STREAM")
        assert URL.fullmatch(config["FunctionUrl"])
        assert outputs[f"{logical_id}Url"] == config["FunctionUrl"]
    assert len(set(outputs.values())) == 3


def test_the_public_may_invoke_through_the_url_and_in_no_other_way(deployed: Rehearsal) -> None:
    for name in deployed.functions().values():
        policy = json.loads(deployed.client("lambda").get_policy(FunctionName=name)["Policy"])
        # Since October 2025 both are needed. The stand-in keeps the permissions' properties as they are.
        granted = [
            {
                key: statement.get(key)
                for key in ("Action", "Principal", "FunctionUrlAuthType", "InvokedViaFunctionUrl")
            }
            for statement in policy["Statement"]
        ]
        url = {
            "Action": "lambda:InvokeFunctionUrl",
            "FunctionUrlAuthType": "NONE",
            "InvokedViaFunctionUrl": None,
        }
        function = {
            "Action": "lambda:InvokeFunction",
            "FunctionUrlAuthType": None,
            "InvokedViaFunctionUrl": True,
        }
        assert sorted(granted, key=lambda one: str(one["Action"])) == [
            {**function, "Principal": "*"},
            {**url, "Principal": "*"},
        ]


def test_logs_are_kept_for_two_weeks(deployed: Rehearsal) -> None:
    groups = deployed.client("logs").describe_log_groups()["logGroups"]
    assert {group["logGroupName"]: group["retentionInDays"] for group in groups} == {
        f"/aws/lambda/{name}": 14 for name in deployed.functions().values()
    }


def test_the_roles_may_write_logs_and_nothing_else(deployed: Rehearsal, functions: dict[str, Any]) -> None:
    iam = deployed.client("iam")
    for configuration in functions.values():
        role = iam.get_role(RoleName=configuration["Role"].rpartition("/")[2])["Role"]
        assert role["AssumeRolePolicyDocument"]["Statement"] == [
            {
                "Effect": "Allow",
                "Principal": {"Service": ["lambda.amazonaws.com"]},
                "Action": ["sts:AssumeRole"],
            }
        ]
        attached = iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
        assert [policy["PolicyArn"] for policy in attached] == [
            "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        ]
        assert iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"] == []
    assert len({configuration["Role"] for configuration in functions.values()}) == 3


def test_the_functions_run_the_archives_of_the_bucket(deployed: Rehearsal, functions: dict[str, Any]) -> None:
    _, found = archives(deployed.client("cloudformation"), deployed.client("s3"), STACK)
    assert set(found) == {*FUNCTIONS, "StreamingLayer"}
    for logical_id, configuration in functions.items():
        digest = base64.b64encode(hashlib.sha256(found[logical_id]).digest()).decode()
        assert configuration["CodeSha256"] == digest


@pytest.mark.parametrize(
    ("logical_id", "folder", "below"),
    [
        ("CounterFunction", "functions/counter", ""),
        ("ImageFunction", "functions/image", ""),
        ("ExportFunction", "functions/export", ""),
        ("StreamingLayer", "layers/opt", ""),
    ],
)
def test_the_archives_hold_the_sources_and_nothing_else(
    deployed: Rehearsal, zips: dict[str, zipfile.ZipFile], logical_id: str, folder: str, below: str
) -> None:
    source = deployed.project / folder
    files = {
        below + path.relative_to(source).as_posix(): path for path in source.rglob("*") if path.is_file()
    }
    assert sorted(zips[logical_id].namelist()) == sorted(files)
    for name, path in files.items():
        assert zips[logical_id].read(name) == path.read_bytes()


def test_lambda_can_read_every_file_and_run_the_wrapper(zips: dict[str, zipfile.ZipFile]) -> None:
    # Lambda runs functions as a user of its own.
    modes = {
        entry.filename: entry.external_attr >> 16 for archive in zips.values() for entry in archive.infolist()
    }
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o444 != 0o444} == {}
    assert modes["python/streaming-bootstrap"] & 0o111 == 0o111


def test_sam_lists_the_endpoints_and_outputs(deployed: Rehearsal) -> None:
    listed = json.loads(deployed.sam("list", "endpoints", "--stack-name", STACK, "--output", "json"))
    outputs = deployed.outputs()
    assert {one["LogicalResourceId"]: one["CloudEndpoint"] for one in listed} == {
        function: outputs[f"{function}Url"] for function in FUNCTIONS
    }
    listed = json.loads(deployed.sam("list", "stack-outputs", "--stack-name", STACK, "--output", "json"))
    assert {one["OutputKey"]: one["OutputValue"] for one in listed} == outputs


def test_the_stand_in_refuses_what_it_does_not_know(deployed: Rehearsal) -> None:
    template = {"Resources": {"Fleet": {"Type": "AWS::GameLift::Fleet"}}}
    with pytest.raises(botocore.exceptions.ClientError, match="does not know AWS::GameLift::Fleet"):
        deployed.client("cloudformation").create_stack(StackName="other", TemplateBody=json.dumps(template))
