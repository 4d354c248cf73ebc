"""What a template is read as."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError, FunctionConfiguration, FunctionUrlConfig, Layer
from local_lambda.sam.template import Template, difference, read_template
from tests.unit.local_lambda.sam.conftest import TEMPLATE, first, function

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own


@pytest.mark.parametrize(
    "overrides",
    [
        ["Stage=test", "Size=1024"],
        ["Stage=test Size=1024"],
        ["ParameterKey=Stage,ParameterValue=test", "ParameterKey=Size,ParameterValue=1024"],
        ['ParameterKey=Stage,ParameterValue="test" ParameterKey=Size,ParameterValue=1024'],
    ],
)
def test_parameter_overrides(template: Path, overrides: list[str]) -> None:
    function = first(template, parameter_overrides=overrides)
    assert (function.environment["STAGE"], function.memory, function.name) == ("test", 1024, "test-first")
    assert first(template).environment["STAGE"] == "dev"


def test_what_is_no_override(template: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^--parameter-overrides cannot be read: .*\.$"):
        first(template, parameter_overrides=["nonsense"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own
def test_a_template(tmp_path: Path) -> None:
    (tmp_path / "layer").mkdir()
    (tmp_path / "template.yaml").write_text(
        """
Transform: AWS::Serverless-2016-10-31
Conditions:
  Always: !Equals [a, a]
Globals:
  Function:
    Runtime: python3.13
    Environment:
      Variables: {SHARED: global}
Resources:
  SomeLayer:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: python3.13}
    Properties: {ContentUri: layer}
  First:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      CodeUri: code
      Layers: [!Ref SomeLayer, "arn:aws:lambda:eu-west-1:1:layer:gone:1"]
      Environment:
        Variables: {NUMBER: 7, FLAG: true, SHARED_KEY: !ImportValue Other, IF: !If [Always, "yes", "no"]}
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
  Second:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.handler, CodeUri: code, FunctionName: second, Timeout: "20", MemorySize: 1024}
  SecondUrl:
    Type: AWS::Lambda::Url
    Properties: {AuthType: AWS_IAM, TargetFunctionArn: !GetAtt Second.Arn}
"""
    )
    template = read_template(tmp_path / "template.yaml")
    first, second = template.functions
    assert first == FunctionConfiguration(
        logical_id="First",
        name="First",
        runtime="python3.13",
        handler="app.handler",
        code=tmp_path / "code",
        timeout=3,
        memory=128,
        environment={"SHARED": "global", "NUMBER": "7", "FLAG": "true", "IF": "yes"},
        layers=(Layer(tmp_path / "layer", "python"),),
        missing_layers=("arn:aws:lambda:eu-west-1:1:layer:gone:1",),
        url=FunctionUrlConfig(auth_type="NONE", invoke_mode="RESPONSE_STREAM"),
    )
    assert (second.name, second.timeout, second.memory) == ("second", 20, 1024)
    assert second.url == FunctionUrlConfig(auth_type="AWS_IAM", invoke_mode="BUFFERED")
    assert [notice.split(":")[0] for notice in template.notices] == ["First", "First"]


@pytest.mark.parametrize(("code", "expected"), [("", ""), ("    CodeUri: ../../src\n", "src")])
def test_what_was_not_built_is_its_source(template: Path, code: str, expected: str) -> None:
    source = TEMPLATE.replace("    CodeUri: .\n", "    CodeUri: src\n" if code else "")
    template.write_text(source)
    built = template.parent / ".aws-sam" / "build"
    built.mkdir(parents=True)
    second = "Second:\n    Type: AWS::Serverless::Function\n"
    text = TEMPLATE.replace("    CodeUri: .\n", code)
    (built / "template.yaml").write_text(
        text.replace(second, f"{second}    Properties: {{CodeUri: Second}}\n")
    )
    first, second_function = read_template(template).functions
    assert first.code == template.parent / expected
    assert second_function.code == built / "Second"


def test_the_difference_of_two_templates() -> None:
    a, b, c = (function(Path("/p"), name=name) for name in "ABC")
    other = function(Path("/q"), name="B")
    before, after = Template(Path("t"), [a, b]), Template(Path("t"), [other, c])
    assert difference(before, after) == "B, C (added), A (removed)"
    assert difference(before, before) == ""
