"""Numbers and truth values where CloudFormation has texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local_lambda.sam.template import read_template
from local_lambda.sam.texts import with_texts

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own


def test_where_there_are_texts() -> None:
    document: dict[str, Any] = {
        "Parameters": {"A": {"Type": "Number", "Default": 0.7}, "B": {"Default": True}, "C": {}, "D": 1},
        "Mappings": {"M": {12: {"Size": 3, "Rate": 0.5, "Zones": ["a", 1]}}},
        "Resources": {
            "R": {
                "Size": 0.5,
                "Joined": {"Fn::Join": ["-", [1, "a", {"Fn::If": ["C", 1, 2]}]]},
                "Substituted": {"Fn::Sub": ["${a}", {"a": False}]},
                "Text": {"Fn::Sub": "${A}"},
            }
        },
    }
    with_texts(document)
    assert document == {
        "Parameters": {
            "A": {"Type": "Number", "Default": "0.7"},
            "B": {"Default": "true"},
            "C": {},
            "D": 1,
        },
        "Mappings": {"M": {"12": {"Size": "3", "Rate": "0.5", "Zones": ["a", "1"]}}},
        "Resources": {
            "R": {
                "Size": 0.5,
                "Joined": {"Fn::Join": ["-", ["1", "a", {"Fn::If": ["C", 1, 2]}]]},
                "Substituted": {"Fn::Join": ["", ["false"]]},
                "Text": {"Fn::Sub": "${A}"},
            }
        },
    }


TEMPLATE = """
Parameters:
  Rate: {Type: Number, Default: 0.7}
  Size: {Type: Number, Default: 256}
  Flag: {Type: String, Default: true}
Mappings:
  Stages: {dev: {Rate: 0.1, Count: 3, Flag: true}}
Conditions:
  IsRate: !Equals [!Ref Rate, 0.7]
  IsFlag: !Equals [!Ref Flag, true]
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: .
      MemorySize: !Ref Size
      Environment:
        Variables:
          PLAIN: !Ref Rate
          SUB: !Sub "${Rate} ${Size} ${Flag}"
          OWN: !Sub ["${a} ${b}", {a: 0.5, b: !FindInMap [Stages, dev, Flag]}]
          JOIN: !Join [' ', [!Ref Size, 1, !Ref Rate, !If [IsFlag, 2, 3], !FindInMap [Stages, dev, Count]]]
          MAP: !FindInMap [Stages, dev, Rate]
          IF: !If [IsRate, 0.25, 0.5]
"""


def test_a_template_with_numbers(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    template = read_template(tmp_path / "template.yaml")
    (function,) = template.functions
    assert template.notices == []
    assert function.memory == 256
    assert function.environment == {
        "PLAIN": "0.7",
        "SUB": "0.7 256 true",
        "OWN": "0.5 true",
        "JOIN": "256 1 0.7 2 3",
        "MAP": "0.1",
        "IF": "0.25",
    }
