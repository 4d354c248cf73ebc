"""Parameters without values, and values without parameters."""

from __future__ import annotations

from typing import Any

import pytest

from local_lambda.sam.parameters import Parameters, nested

DECLARED = {"Auth": {"Type": "String"}, "Size": {"Type": "Number", "Default": 0}, "Key": {"Type": "String"}}


def test_every_one_has_a_value() -> None:
    parameters = Parameters(DECLARED, ["Auth", "Key"])
    assert parameters.notices() == []
    assert parameters.cause("not 'Auth'") is None


def test_one_has_none() -> None:
    parameters = Parameters(DECLARED, ["Key"])
    no_value = "The parameter Auth has no value: give it one with --parameter-overrides Auth=VALUE"
    assert parameters.notices() == [f"{no_value}; its name stands for one"]
    assert parameters.cause("The AuthType of F must be NONE or AWS_IAM, not 'Auth'.") == f"{no_value}."
    assert parameters.cause("The AuthType of F must be NONE or AWS_IAM, not 'Author'.") is None
    assert parameters.cause("must be a number, not 'Size'") is None


@pytest.mark.parametrize(
    ("declared", "known"),
    [
        (DECLARED, "it has Auth, Key, Size"),
        ({}, "it has none"),
        (None, "it has none"),
        ("odd", "it has none"),
    ],
)
def test_a_value_is_for_no_parameter(declared: Any, known: str) -> None:
    notices = Parameters(declared, ["Auht", "Auth", "Key"]).notices()
    assert f"Auht of --parameter-overrides is not a parameter of the template: {known}" in notices


def test_those_of_a_nested_stack() -> None:
    output = {"Fn::GetAtt": ["Other", "Outputs.Auth"]}
    assert nested("Inner", DECLARED, {"Auth": output, "Key": "k"}) == [
        'Inner: the parameter Auth has a value on AWS only: {"Fn::GetAtt": ["Other", "Outputs.Auth"]}; '
        "its name stands for one"
    ]
    assert nested("Inner", DECLARED, {"Auth": "a"}) == [
        "Inner: the parameter Key has no value: it would not be deployed; its name stands for one"
    ]
    assert nested("Inner", None, {}) == []
