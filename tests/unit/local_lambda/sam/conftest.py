"""A template with parameters, and a samconfig.toml for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local_lambda.model.function import FunctionConfiguration, Layer, SamOptions
from local_lambda.sam.template import read_template

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


def function(code: Path, *layers: Layer, name: str = "Some", method: str = "") -> FunctionConfiguration:
    return FunctionConfiguration(
        logical_id=name,
        name=name,
        runtime="python3.13",
        handler="app.handler",
        code=code,
        layers=layers,
        build_method=method,
    )
