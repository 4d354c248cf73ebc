"""Resources that AWS would not deploy."""

from __future__ import annotations

from typing import Any

import pytest

from local_lambda.sam.refused import malformed, refused

_FUNCTION = "AWS::Serverless::Function"


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ("text", "not a map"),
        (None, "not a map"),
        ({"Properties": {}}, "Type is not a text"),
        ({"Type": {"A": "B"}}, "Type is not a text"),
        ({"Type": "A::B::C", "Properties": 1}, "Properties are not a map"),
        ({"Type": "A::B::C", "Properties": None}, ""),
        ({"Type": "A::B::C"}, ""),
    ],
)
def test_what_is_no_resource(resource: Any, why: str) -> None:
    assert why in malformed("Some", resource)
    assert bool(why) == bool(malformed("Some", resource))
    assert malformed("Fn::ForEach::Some", resource) == ""


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"FunctionUrlConfig": {"AuthType": "NONE"}, "TenancyConfig": {}}, ""),
        ({"FunctionUrlConfig": {"AuthType": "NONE"}, "TenancyConfig": {"A": "B"}}, "with both"),
        ({"FunctionUrlConfig": {"Fn::If": []}}, "wholly an Fn::If"),
        ({"Events": ["Api"]}, "Events are not a map"),
        ({"Events": {"Get": "Api"}}, "event Get has no Type"),
        ({"Events": {"Get": {"Type": ["Api"]}}}, "event Get has no Type"),
        ({"Events": {"Get": {"Type": "S3", "Properties": "key"}}}, "Properties of its event Get"),
        ({"Events": {"Fn::ForEach::Get": [], "Put": {"Type": "Api", "Properties": None}}}, ""),
        (None, ""),
    ],
)
def test_a_function_that_cannot_be_deployed(properties: Any, why: str) -> None:
    found = refused({"Type": _FUNCTION, "Properties": properties}, None)
    assert why in found
    assert bool(why) == bool(found)
    assert refused({"Type": "AWS::Lambda::Function", "Properties": properties}, None) == ""


def test_globals_count() -> None:
    shared = {"Function": {"FunctionUrlConfig": {"AuthType": "NONE"}}}
    assert "with both" in refused({"Type": _FUNCTION, "Properties": {"TenancyConfig": {"A": "B"}}}, shared)
