"""--parameter-overrides, --env-vars, --config-file and --config-env, as SAM CLI has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_lambda.model.function import ConfigurationError, FunctionConfiguration, SamOptions
from local_lambda.sam.template import read_template

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
  Size: {Type: Number, Default: 128}
Globals:
  Function:
    Runtime: python3.13
    Handler: app.handler
    CodeUri: .
    Environment:
      Variables: {STAGE: !Ref Stage, SHARED: template, KEY: !ImportValue Elsewhere}
Resources:
  First:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: !Ref Size, FunctionName: !Sub "${Stage}-first"}
  Second:
    Type: AWS::Serverless::Function
"""
CONFIG = """
version = 0.1
[default.global.parameters]
stack_name = "some"
parameter_overrides = "Stage=global"
[default.local_start_api.parameters]
parameter_overrides = "Stage=served Size=256"
[prod.global.parameters]
parameter_overrides = ["Stage=prod", "Size=512"]
[pointed.local_invoke.parameters]
env_vars = "vars.json"
"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return path


def first(path: Path, **options: Any) -> FunctionConfiguration:
    return read_template(path, SamOptions(**options)).functions[0]


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


def test_samconfig(template: Path) -> None:
    (template.parent / "samconfig.toml").write_text(CONFIG)
    assert first(template).environment["STAGE"] == "served"
    assert first(template).memory == 256
    assert first(template, command="invoke").environment["STAGE"] == "global"
    assert first(template, config_env="prod").memory == 512
    assert first(template, config_env="pointed").environment["STAGE"] == "dev"
    # An option replaces the file's value as a whole.
    assert first(template, parameter_overrides=["Stage=mine"]).memory == 128
    (template.parent / "vars.json").write_text('{"Parameters": {"SHARED": "file"}}')
    assert first(template, config_env="pointed", command="invoke").environment["SHARED"] == "file"


def test_another_config_file(template: Path) -> None:
    other = template.parent / "other" / "some.toml"
    other.parent.mkdir()
    other.write_text(CONFIG)
    assert first(template, config_file=other).environment["STAGE"] == "served"
    with pytest.raises(ConfigurationError, match=r"some\.toml has no environment none"):
        first(template, config_file=other, config_env="none")
    other.write_text("no toml")
    with pytest.raises(ConfigurationError, match=r"some\.toml cannot be read"):
        first(template, config_file=other)
    other.unlink()
    with pytest.raises(ConfigurationError, match=r"^There is no .*some\.toml: see --config-file\.$"):
        first(template, config_file=other)


def test_env_vars(template: Path) -> None:
    path = template.parent / "vars.json"
    values = {
        "First": {"SHARED": "first", "STAGE": 7, "KEY": True, "UNDECLARED": "x"},
        "Parameters": {"SHARED": "all", "OTHER": "y"},
    }
    path.write_text(json.dumps(values))
    template_read = read_template(template, SamOptions(env_vars=path))
    one, two = (function.environment for function in template_read.functions)
    assert one == {"STAGE": "7", "SHARED": "first", "KEY": "true"}
    assert two == {"STAGE": "dev", "SHARED": "all"}
    assert template_read.notices == [
        "First: UNDECLARED of --env-vars is not set: the template has no such variable",
        'Second: KEY is not set: {"Fn::ImportValue": "Elsewhere"} has a value on AWS only',
    ]


def test_env_vars_by_the_function_s_name(template: Path) -> None:
    path = template.parent / "vars.json"
    path.write_text('{"dev-first": {"SHARED": "by name"}}')
    assert first(template, env_vars=path).environment["SHARED"] == "by name"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no json", r"vars\.json is not JSON: .*\.$"),
        ("[]", r"vars\.json must be an object that has an object of variables for each function\.$"),
        ('{"First": 1}', r"vars\.json must be an object that has"),
        (None, r"^--env-vars .*vars\.json cannot be read: .*\.$"),
    ],
)
def test_env_vars_that_cannot_be_read(template: Path, text: str | None, sentence: str) -> None:
    path = template.parent / "vars.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigurationError, match=sentence):
        first(template, env_vars=path)
