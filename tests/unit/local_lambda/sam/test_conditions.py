"""Conditions, as CloudFormation evaluates them."""

from __future__ import annotations

from typing import Any

import pytest

from local_lambda.model.function import ConfigurationError
from local_lambda.sam.conditions import Conditions

VALUES = {"Stage": "dev", "Count": 2, "On": True}
DECLARED = {
    "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
    "IsProd": {"Fn::Not": [{"Condition": "IsDev"}]},
    "Alias": {"Condition": "IsDev"},
    "Two": {"Fn::Equals": [{"Ref": "Count"}, "2"]},
    "On": {"Fn::Equals": [{"Ref": "On"}, "true"]},
    "Either": {"Fn::Or": [{"Condition": "IsProd"}, {"Fn::And": [{"Condition": "Two"}, {"Condition": "On"}]}]},
    "Neither": {"Fn::And": [{"Condition": "IsDev"}, {"Condition": "IsProd"}]},
}


@pytest.fixture
def conditions() -> Conditions:
    def resolve(value: Any) -> Any:
        return VALUES[value["Ref"]] if isinstance(value, dict) else value

    return Conditions(DECLARED, resolve)


def test_values(conditions: Conditions) -> None:
    assert {name: conditions.holds(name) for name in DECLARED} == {
        "IsDev": True,
        "IsProd": False,
        "Alias": True,
        "Two": True,
        "On": True,
        "Either": True,
        "Neither": False,
    }


def test_branches(conditions: Conditions) -> None:
    no_value = {"Ref": "AWS::NoValue"}
    value = {
        "Mode": {"Fn::If": ["IsDev", "A", "B"]},
        "Gone": {"Fn::If": ["IsProd", "A", no_value]},
        "List": [{"Fn::If": ["IsProd", 1, no_value]}, {"Fn::If": ["IsDev", {"Fn::If": ["Two", 2, 3]}, 4]}],
        "Other": {"Ref": "Stage"},
    }
    assert conditions.chosen(value) == {"Mode": "A", "List": [2], "Other": {"Ref": "Stage"}}
    assert conditions.chosen(no_value) is None


def test_an_undefined_one(conditions: Conditions) -> None:
    for call in (lambda: conditions.holds("Nope"), lambda: conditions.chosen({"Fn::If": ["Nope", 1, 2]})):
        with pytest.raises(ConfigurationError, match="no condition Nope"):
            call()
