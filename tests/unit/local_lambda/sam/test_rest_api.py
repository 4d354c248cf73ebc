"""The REST APIs that a template declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local_lambda.model.function import RestApiRoute
from local_lambda.sam.rest_api import RestApis
from local_lambda.sam.template import read_template

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own


def test_the_apis_of_a_template() -> None:
    def stream(path: str, **more: Any) -> dict[str, Any]:
        properties = {
            "Path": path,
            "Method": "get",
            "ResponseTransferMode": "RESPONSE_STREAM",
            "RestApiId": "Api",
        }
        return {"Type": "Api", "Properties": {**properties, **more}}

    events = {
        "A": stream("/a"),
        "B": stream("/b", ResponseTransferMode="BUFFERED"),
        "C": stream("/c", Auth={"Authorizer": "AWS_IAM"}),
        "D": stream("/d", RestApiId={"Fn::ImportValue": "other"}),
        "E": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}},
    }
    resources = {
        "Api": {
            "Type": "AWS::Serverless::Api",
            "Properties": {"StageName": "v1", "BinaryMediaTypes": ["a~1b"]},
        },
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {"Events": events}},
        "Quiet": {"Type": "AWS::Serverless::Function", "Properties": {}},
    }
    notices: list[str] = []
    (api,) = RestApis(resources, {}, "Nested", notices).found()
    assert (api.logical_id, api.stage, api.endpoint_type) == ("Nested/Api", "v1", "EDGE")
    assert api.routes == (
        RestApiRoute(method="GET", path="/a", function="Nested/Function"),
        RestApiRoute(method="GET", path="/c", function="Nested/Function"),
    )
    assert api.binary_media_types == ("a/b",)
    assert [notice.split(" ")[:3] for notice in notices] == [
        ["Nested/Function:", "GET", "/b"],
        ["Nested/Function:", "the", "Authorizer"],
    ]


URI = (
    "arn:aws:apigateway:${AWS::Region}:lambda:path/2021-11-15/functions/${F.Arn}/"
    "response-streaming-invocations"
)
DOCUMENT = f"""
openapi: 3.0.1
info: {{title: t, version: '1'}}
x-amazon-apigateway-binary-media-types: [image/png]
paths:
  /count/{{id}}:
    get:
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        responseTransferMode: STREAM
        uri: {{'Fn::Sub': '{URI}'}}
    options:
      x-amazon-apigateway-integration: {{type: mock}}
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: .
      Events:
        Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: '/count/{id}', Method: get}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      EndpointConfiguration: {Type: REGIONAL}
"""
BODY = "      DefinitionBody:\n" + "".join(f"        {line}\n" for line in DOCUMENT.splitlines())
INCLUDE = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}}"


@pytest.mark.parametrize(
    "form",
    [BODY, "      DefinitionUri: api.yaml\n", f"      DefinitionBody: {INCLUDE}\n"],
    ids=["DefinitionBody", "DefinitionUri", "AWS::Include"],
)
def test_an_api_by_its_openapi_document(tmp_path: Path, form: str) -> None:
    (tmp_path / "api.yaml").write_text(DOCUMENT)
    (tmp_path / "template.yaml").write_text(TEMPLATE + form)
    template = read_template(tmp_path / "template.yaml")
    (api,) = template.rest_apis
    assert (api.logical_id, api.stage, api.endpoint_type) == ("Api", "v1", "REGIONAL")
    assert api.routes == (RestApiRoute(method="GET", path="/count/{id}", function="F"),)
    assert api.binary_media_types == ("image/png",)
    assert template.notices == [
        "Api: OPTIONS /count/{id} is not served here, because its integration is MOCK, not AWS_PROXY"
    ]
    assert form == BODY or tmp_path / "api.yaml" in template.files


@pytest.mark.parametrize(
    ("attribute", "expected"), [("F.Arn}", None), ("F.Alias}", "live"), ("F.Arn}:live", "live")]
)
def test_the_alias_that_a_document_names(tmp_path: Path, attribute: str, expected: str | None) -> None:
    text = (TEMPLATE + BODY).replace("F.Arn}", attribute)
    (tmp_path / "template.yaml").write_text(
        text.replace("CodeUri: .", "CodeUri: .\n      AutoPublishAlias: live")
    )
    (api,) = read_template(tmp_path / "template.yaml").rest_apis
    assert [(route.function, route.alias) for route in api.routes] == [("F", expected)]


def test_the_alias_of_an_event(tmp_path: Path) -> None:
    text = TEMPLATE.replace("Method: get}", "Method: get, ResponseTransferMode: RESPONSE_STREAM}")
    (tmp_path / "template.yaml").write_text(
        text.replace("CodeUri: .", "CodeUri: .\n      AutoPublishAlias: live")
    )
    (api,) = read_template(tmp_path / "template.yaml").rest_apis
    assert [(route.function, route.alias) for route in api.routes] == [("F", "live")]


def test_an_api_without_its_document_leaves_its_functions(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(TEMPLATE + "      DefinitionUri: s3://bucket/key\n")
    template = read_template(tmp_path / "template.yaml")
    assert [one.logical_id for one in template.functions] == ["F"]
    assert (template.rest_apis, template.notices) == ([], [])
    assert template.left_out == {"Api": "Its OpenAPI document is on AWS only."}


EVENTS = """\
        Stream:
          Type: Api
          Properties: {RestApiId: !Ref Api, Path: /more, Method: post, ResponseTransferMode: RESPONSE_STREAM}
"""


@pytest.mark.parametrize("place", ["Globals", "Api"])
def test_events_merged_into_a_document(tmp_path: Path, place: str) -> None:
    text = TEMPLATE.replace("  Api:\n", f"{EVENTS}  Api:\n") + BODY
    if place == "Api":
        text += "      MergeDefinitions: true\n"
    else:
        text = "Globals: {Api: {MergeDefinitions: true}}" + text
    (tmp_path / "template.yaml").write_text(text)
    template = read_template(tmp_path / "template.yaml")
    (api,) = template.rest_apis
    assert api.routes == (RestApiRoute(method="POST", path="/more", function="F"),)
    # The event's method takes the place of the document's, which would stream.
    assert "F: GET /count/{id} of its REST API is not served here" in template.notices[0]


CLOUDFORMATION = """
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: .}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: x, EndpointConfiguration: {Types: [REGIONAL]}}}
  Items:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: items}
  Item:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !Ref Items, PathPart: '{id}'}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Item
      HttpMethod: ANY
      AuthorizationType: NONE
      Integration: {Type: AWS_PROXY, ResponseTransferMode: STREAM, Uri: !Sub 'URI'}
  Root:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration: {Type: AWS_PROXY, Uri: !Sub 'URI'}
"""
STAGE = "  Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: live}}\n"


@pytest.mark.parametrize("stage", ["live", "prod"])
def test_an_api_of_cloudformation_alone(tmp_path: Path, stage: str) -> None:
    text = CLOUDFORMATION.replace("'URI'", f"'{URI}'") + (STAGE if stage == "live" else "")
    (tmp_path / "template.yaml").write_text(text)
    template = read_template(tmp_path / "template.yaml")
    (api,) = template.rest_apis
    assert (api.stage, api.endpoint_type) == (stage, "REGIONAL")
    assert api.routes == (RestApiRoute(method="ANY", path="/items/{id}", function="F"),)
    notices = list(template.notices)
    assert notices.pop(0).startswith("Api: GET / is not served here, because its responseTransferMode")
    assert [notice.partition(":")[0] for notice in notices] == (
        [] if stage == "live" else ["Api has no stage in the template"]
    )
