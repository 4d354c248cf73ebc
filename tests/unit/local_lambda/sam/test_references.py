"""References to what is not defined."""

from __future__ import annotations

from local_lambda.sam.references import undefined


def test_each_form() -> None:
    resource = {
        "A": {"Ref": "Table"},
        "B": [{"Fn::GetAtt": ["Queue", "Arn"]}, {"Fn::GetAtt": "Topic.Arn"}],
        "C": {"Fn::Sub": "${Bucket} ${Bucket.Arn} ${!Literal} ${AWS::Region}"},
        "D": {"Fn::Sub": ["${Own} ${Other}", {"Own": {"Ref": "Deep"}}]},
        "E": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, {"Ref": "Table"}]]},
    }
    assert undefined(resource, ()) == ["Table", "Queue", "Topic", "Bucket", "Deep", "Other"]
    assert undefined(resource, ("Table", "Queue", "Topic", "Bucket", "Deep", "Other")) == []


def test_what_sam_makes() -> None:
    made = [{"Ref": name} for name in ("FAliaslive", "FRole", "ServerlessRestApi", "ApiprodStage", "F.Alias")]
    assert undefined(made, ("F", "Api")) == []
