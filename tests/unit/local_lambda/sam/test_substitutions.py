"""`Fn::Sub` as the `Fn::Join` that it is short for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local_lambda.sam.substitutions import joined
from local_lambda.sam.template import read_template

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own


@pytest.mark.parametrize(
    "value",
    [{"Fn::Sub": "${AWS::Region}"}, {"Fn::Sub": ["text", {}]}, {"Fn::Sub": 1}, {"Ref": "A"}, "${!a}", 7],
)
def test_what_is_left_as_it_is(value: Any) -> None:
    assert joined(value) == value


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ("a ${!b} ${C}", ["a ", "${b}", " ", {"Fn::Sub": "${C}"}]),
        (["${a}.${F.Arn}", {"a": "x.y"}], ["x.y", ".", {"Fn::Sub": "${F.Arn}"}]),
        (["$${a}{", {"a": {"Ref": "B"}}], ["$", {"Ref": "B"}, "{"]),
        (["${a}", {"a": {"Fn::Sub": ["${b}", {"b": 1}]}}], [{"Fn::Join": ["", [1]]}]),
    ],
)
def test_a_substitution(arguments: Any, parts: list[Any]) -> None:
    assert joined([{"Key": {"Fn::Sub": arguments}}]) == [{"Key": {"Fn::Join": ["", parts]}}]


TEMPLATE = r"""
Parameters:
  Stage: {Type: String, Default: dev}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: .
      Environment:
        Variables:
          HOST: !Sub ["https://${host}/${Stage}", {host: api.example.com}]
          NAME: !Sub ["${a}-${b}", {a: Stage, b: !Sub "${Stage}.x"}]
          LITERAL: !Sub "${!Stage}-${Stage}"
          SLASH: !Sub ["${a}", {a: '\1'}]
"""


def test_the_variables_of_a_function(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    template = read_template(tmp_path / "template.yaml")
    assert template.notices == []
    assert template.functions[0].environment == {
        "HOST": "https://api.example.com/dev",
        "NAME": "Stage-dev.x",
        "LITERAL": "${Stage}-dev",
        "SLASH": r"\1",
    }
