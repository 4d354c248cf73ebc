"""AWS::Lambda::Url resources and their functions."""

from __future__ import annotations

from typing import Any

import pytest

from local_lambda.sam.url_resources import UrlResources, aliases, function_name


def url(target: Any) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": target, "AuthType": "NONE"}}


@pytest.mark.parametrize(
    "reference",
    [
        "name",
        "name:live",
        "name.Arn",
        "name.Alias",
        "arn:aws:lambda:eu-west-1:123456789012:function:name",
        "arn:aws:lambda:eu-west-1:123456789012:function:name:live",
        "123456789012:function:name",
        {"Ref": "name"},
        {"Fn::GetAtt": ["name", "Arn"]},
        {"Fn::GetAtt": "name.Arn"},
    ],
)
def test_targets(reference: Any) -> None:
    assert function_name(reference) == "name"


def test_aliases_that_sam_makes_and_that_are_written() -> None:
    resources: dict[str, Any] = {
        "A": {"Type": "AWS::Serverless::Function", "Properties": {"AutoPublishAlias": "live-1"}},
        "B": {"Type": "AWS::Lambda::Function", "Properties": {}},
        "Named": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "B"}, "Name": "x"}},
        "None": {"Type": "AWS::SNS::Topic"},
        "One": url("AAliaslive1"),
        "Two": url({"Ref": "Named"}),
        "Three": url("B"),
        "Four": url("Elsewhere"),
    }
    assert aliases(resources) == {"AAliaslive1": "A", "Named": "B"}
    urls = UrlResources([("", resources)])
    assert urls.take(("A",), "") == {**resources["One"]["Properties"], "Qualifier": "live-1"}
    assert urls.take(("B",), "") == {**resources["Two"]["Properties"], "Qualifier": "x"}
    left_out = urls.left_out(("A", "B"))
    assert left_out == {
        "Three": "Its function B has another function URL; one is served here.",
        "Four": "There is no function here that its TargetFunctionArn names: Elsewhere.",
    }


@pytest.mark.parametrize(
    ("reference", "more", "expected"),
    [
        ("F", {}, None),
        ({"Fn::GetAtt": ["F", "Arn"]}, {}, None),
        ("arn:aws:lambda:eu-west-1:123456789012:function:F", {}, None),
        ("arn:aws:lambda:eu-west-1:123456789012:function:F:dev", {}, "dev"),
        ("F:dev", {}, "dev"),
        ("F", {"Qualifier": "dev"}, "dev"),
        ({"Fn::GetAtt": ["F", "Alias"]}, {}, "live"),
        ("F.Alias", {}, "live"),
        ({"Ref": "FAliaslive"}, {}, "live"),
    ],
)
def test_the_alias_of_a_url(reference: Any, more: dict[str, Any], expected: str | None) -> None:
    one = url(reference)
    one["Properties"] |= more
    function = {"Type": "AWS::Serverless::Function", "Properties": {"AutoPublishAlias": "live"}}
    found = UrlResources([("", {"F": function, "Url": one})]).take(("F",), "")
    assert found is not None
    assert found["Qualifier"] == expected


def test_the_same_names_in_two_stacks() -> None:
    urls = UrlResources([("One", {"U": url("F")}), ("Two", {"U": url("F")})])
    second, first = urls.take(("F",), "Two"), urls.take(("F",), "One")
    assert second is not None
    assert second is not first
    assert urls.take(("F",), "One") is None
