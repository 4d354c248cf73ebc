"""The template: what the linters let through, and what SAM makes of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from tests.end_to_end.translated import translated
from tests.support.linted import linted
from tests.support.runtime_process import LAYER, ROOT

TEMPLATE = (ROOT / "template.yaml").read_text()
FUNCTIONS = ("CounterFunction", "ImageFunction", "ExportFunction")


MISTAKES = [
    ("InvokeMode: RESPONSE_STREAM", "InvokeMode: STREAM"),
    ("Runtime: python3.13", "Runtime: python3.16"),
    ("AuthType: NONE", "AuthType: OPEN"),
]


def test_the_linter_sees_what_would_fail_to_deploy() -> None:
    files = {"right.yaml": TEMPLATE}
    for right, wrong in MISTAKES:
        assert right in TEMPLATE
        files[f"{wrong}.yaml"] = TEMPLATE.replace(right, wrong, 1)
    output = linted("lint-mistakes", ["cfn-lint", "--format", "json", "--", *files], files, status=2)
    found = {Path(one["Filename"]).stem for one in json.loads(output)}
    assert found == {wrong for _, wrong in MISTAKES}, output


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    """The resources of the template once SAM has translated it."""
    found: dict[str, Any] = translated(ROOT / "template.yaml")["Resources"]
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_url_streams_and_is_public(resources: dict[str, Any], function: str) -> None:
    url = resources[f"{function}Url"]["Properties"]
    assert (url["AuthType"], url["InvokeMode"]) == ("NONE", "RESPONSE_STREAM")
    permissions = [
        resource["Properties"]
        for resource in resources.values()
        if resource["Type"] == "AWS::Lambda::Permission"
        and resource["Properties"]["FunctionName"] == {"Ref": function}
    ]
    # Since October 2025 a public URL needs both.
    assert sorted(permission["Action"] for permission in permissions) == [
        "lambda:InvokeFunction",
        "lambda:InvokeFunctionUrl",
    ]
    properties = resources[function]["Properties"]
    assert properties["Runtime"] == "python3.13"
    wrapper = properties["Environment"]["Variables"]["AWS_LAMBDA_EXEC_WRAPPER"]
    assert wrapper == "/opt/python/streaming-bootstrap"
    assert resources[f"{function}LogGroup"]["Properties"]["RetentionInDays"] == 14


def shipped_layer(built_template: Path) -> Path:
    """The folder of the layer that `sam deploy` zips into /opt/python."""
    layer: dict[str, Any] = yaml_parse(built_template.read_text())["Resources"]["StreamingLayer"]
    assert "BuildMethod" not in layer.get("Metadata", {})
    return built_template.parent / str(layer["Properties"]["ContentUri"]) / "python"


def test_the_wrapper_can_be_executed_on_lambda(built_template: Path) -> None:
    built = shipped_layer(built_template) / "streaming-bootstrap"
    for wrapper in (LAYER / "streaming-bootstrap", built):
        assert os.access(wrapper, os.X_OK)
        assert b"\r" not in wrapper.read_bytes()


def test_the_layer_is_built_whole(built_template: Path) -> None:
    built = shipped_layer(built_template) / "lambda_streaming"
    source = LAYER / "lambda_streaming"
    for file in source.glob("*.py"):
        assert (built / file.relative_to(source)).read_bytes() == file.read_bytes()


def test_the_deployed_python_has_no_requirements() -> None:
    # Even an empty requirements.txt makes `sam build` insist on the matching interpreter.
    assert not list(ROOT.glob("functions/*/requirements.txt"))
    assert not list(ROOT.glob("layers/*/requirements.txt"))


@pytest.mark.parametrize("name", ["counter", "image", "export"])
def test_each_function_has_an_event_of_payload_format_2(name: str) -> None:
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    assert event["version"] == "2.0"
    assert event["requestContext"]["http"]["method"] == "GET"
    assert event["requestContext"]["http"]["path"] == event["rawPath"]
