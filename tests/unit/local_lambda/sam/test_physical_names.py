"""What `Ref` and `Arn` are in a function's variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.sam.physical_names import with_names
from local_lambda.sam.template import read_template

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Globals:
  Function:
    Runtime: python3.13
    Handler: app.handler
    CodeUri: .
    Environment: {Variables: {SHARED: !Ref Named}}
Resources:
  Named: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub "${Stage}-items"}}
  Chosen: {Type: AWS::S3::Bucket, Properties: {BucketName: !If [IsProd, prod, test]}}
  Unnamed: {Type: AWS::SQS::Queue}
  Perhaps: {Type: AWS::Kinesis::Stream, Properties: {Name: !If [IsProd, prod, !Ref AWS::NoValue]}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Other: {Type: AWS::Serverless::Function, Properties: {FunctionName: !Sub "${Stage}-other"}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          TABLE: !Ref Named
          TABLE_ARN: !GetAtt Named.Arn
          INDEX: !Sub "${Named.Arn}/index/* of ${Stage}"
          BUCKET: !Join ['/', [!Ref Chosen, key]]
          BUCKET_ARN: !GetAtt [Chosen, Arn]
          QUEUE: !Ref Unnamed
          QUEUE_ARN: !GetAtt Unnamed.Arn
          QUEUE_URL: !GetAtt Unnamed.QueueUrl
          STREAM: !Ref Perhaps
          TOPIC_NAME: !Sub "${Topic.TopicName}!"
          TOPIC: !Ref Topic
          OTHER: !Ref Other
          OTHER_ARN: !GetAtt Other.Arn
          OWN: !Sub ["${Named}", {Named: mine}]
"""


def test_the_variables_of_a_function(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    template = read_template(tmp_path / "template.yaml")
    assert template.notices == []
    place = "us-east-1:123456789012"
    assert template.functions[1].environment == {
        "SHARED": "dev-items",
        "TABLE": "dev-items",
        "TABLE_ARN": f"arn:aws:dynamodb:{place}:table/dev-items",
        "INDEX": f"arn:aws:dynamodb:{place}:table/dev-items/index/* of dev",
        "BUCKET": "test/key",
        "BUCKET_ARN": "arn:aws:s3:::test",
        "QUEUE": "https://sqs.us-east-1.amazonaws.com/123456789012/Unnamed",
        "QUEUE_ARN": f"arn:aws:sqs:{place}:Unnamed",
        "QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/Unnamed",
        "STREAM": "Perhaps",
        "TOPIC_NAME": "news!",
        "TOPIC": f"arn:aws:sns:{place}:news",
        "OTHER": "dev-other",
        "OTHER_ARN": f"arn:aws:lambda:{place}:function:dev-other",
        "OWN": "mine",
    }


@pytest.mark.parametrize(
    "resource", [None, "text", {"Type": ["A"]}, {"Type": "AWS::SQS::Queue", "Properties": 1}]
)
def test_what_is_no_resource_is_for_others_to_refuse(resource: object) -> None:
    document = {"Resources": {"Some": resource, "F": {"Type": "AWS::Lambda::Function", "Properties": None}}}
    with_names(document)
    assert document["Resources"]["Some"] == resource
