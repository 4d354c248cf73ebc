"""Templates with what cannot be served, or deployed, beside what can."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError, SamOptions
from local_lambda.sam.template import Template, read_template
from tests.unit.local_lambda.files import write

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own

HEAD = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
Globals:
  Function: {Runtime: python3.13, Handler: app.handler, CodeUri: .}
Resources:
  Good:
    Type: AWS::Serverless::Function
"""


def read(folder: Path, resources: str, *overrides: str) -> Template:
    template = write(folder, {"template.yaml": HEAD + resources}) / "template.yaml"
    return read_template(template, SamOptions(parameter_overrides=overrides))


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (
            "Type: AWS::Serverless::Function, Properties: {PackageType: Image, ImageUri: a}",
            "container image",
        ),
        ("Type: AWS::Serverless::Function, Properties: {CodeUri: 's3://bucket/key'}", "code is on AWS only"),
        ("Type: AWS::Serverless::Function, Properties: {FunctionUrlConfig: {Cors: {}}}", "has no AuthType"),
        (
            "Type: AWS::Serverless::Function, Properties: {FunctionUrlConfig: !If [IsDev, {AuthType: NONE}, "
            "!Ref 'AWS::NoValue']}",
            "wholly an Fn::If",
        ),
        ("Type: AWS::Serverless::Function, Condition: Nope", "no condition Nope"),
        ("Type: AWS::Serverless::Function, Properties: {Timeout: long}", "Timeout of Bad must be a number"),
        ("Type: AWS::Lambda::Function, Properties: {Code: ., Runtime: python3.13}", "Could not find handler"),
        (
            "Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: 'arn:x', "
            "SemanticVersion: 1.0.0}}",
            "Serverless Application Repository",
        ),
        ("Type: AWS::Serverless::Application, Properties: {Location: gone.yaml}", "no template at"),
        ("Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://x.example/t'}", "on AWS only"),
        ("Type: AWS::Serverless::Api, Properties: {StageName: v, DefinitionUri: gone.yaml}", "document at"),
        ("Type: AWS::Serverless::Api, Properties: {StageName: v, DefinitionUri: 's3://b/k'}", "on AWS only"),
        ("Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: Other, AuthType: NONE}", "names: Other"),
        ("Type: AWS::Serverless::Function, Properties: {Events: {Get: nothing}}", "event Get has no Type"),
        ("Type: {AWS::Serverless::Function: x}", "Type is not a text"),
        (
            "Type: AWS::Serverless::Api, Properties: {StageName: v, Auth: []}",
            "cannot read it: Resource with id [Bad] is invalid. Property 'Auth' should be a map.",
        ),
    ],
)
def test_one_is_left_out_with_its_reason(tmp_path: Path, resource: str, why: str) -> None:
    template = read(tmp_path, f"  Bad: {{{resource}}}\n")
    assert [function.logical_id for function in template.functions] == ["Good"]
    assert list(template.left_out) == ["Bad"]
    assert why in template.left_out["Bad"]


def test_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(
        "Resources: {F: {Type: AWS::Lambda::Function, Properties: {PackageType: Image, Code: {ImageUri: a}}}}"
    )
    with pytest.raises(ConfigurationError, match=r"^F in .* is a container image"):
        read_template(tmp_path / "template.yaml")


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ("Type: AWS::Serverless::Application, Properties: {Location: gone.yaml}", "There is no template at"),
        ("Type: AWS::Lambda::Function, Condition: Nope", "The template has no condition Nope"),
        (
            "Type: AWS::Serverless::Function, Properties: {CodeUri: ., Handler: a.b, Events: "
            "{Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: get}}}}",
            r"SAM CLI cannot read it: Resource with id \[F\] is invalid",
        ),
    ],
)
def test_what_cannot_be_served_is_named(tmp_path: Path, resource: str, why: str) -> None:
    (tmp_path / "template.yaml").write_text(f"Resources: {{F: {{{resource}}}}}")
    with pytest.raises(ConfigurationError, match=rf"^F of .* cannot be served\. {why}"):
        read_template(tmp_path / "template.yaml")


ONLY_IN_PROD = """
Conditions: {IsProd: !Equals [dev, prod]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: IsProd
    Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: .}
"""


def test_no_function_exists(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(ONLY_IN_PROD)
    with pytest.raises(ConfigurationError, match=r"No function of .* exists: the conditions of F do not"):
        read_template(tmp_path / "template.yaml")


TWO_URLS = """
  DevUrl:
    Type: AWS::Lambda::Url
    Condition: IsDev
    Properties: {TargetFunctionArn: !GetAtt Good.Arn, AuthType: NONE, InvokeMode: RESPONSE_STREAM}
  ProdUrl:
    Type: AWS::Lambda::Url
    Condition: IsProd
    Properties: {TargetFunctionArn: !GetAtt Good.Arn, AuthType: AWS_IAM}
  Extra:
    Type: AWS::Serverless::Function
    Condition: IsProd
"""


def test_conditions_on_resources(tmp_path: Path) -> None:
    (good,) = read(tmp_path, TWO_URLS).functions
    assert good.url is not None
    assert (good.url.auth_type, good.url.invoke_mode) == ("NONE", "RESPONSE_STREAM")
    good, extra = read(tmp_path, TWO_URLS, "Stage=prod").functions
    assert good.url is not None
    assert (good.url.auth_type, good.url.invoke_mode, extra.logical_id) == ("AWS_IAM", "BUFFERED", "Extra")


def test_language_extensions(tmp_path: Path) -> None:
    loop = "  Fn::ForEach::All: [Name, [A, B], {'${Name}F': {Type: AWS::Serverless::Function}}]\n"
    assert [one.logical_id for one in read(tmp_path, loop).functions] == ["Good", "AF", "BF"]


def test_references_and_layers(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        """
    Properties:
      Layers: [!Ref Nowhere, !Ref Table, !Ref OnAws, !ImportValue shared]
      Environment: {Variables: {TABLE: !Ref Missing, STAGE: !Ref Stage}}
  Table: {Type: AWS::DynamoDB::Table}
  OnAws:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: 's3://bucket/key'}
""",
    )
    assert template.notices == [
        "Good: the layer Nowhere is left out: the template has no such resource",
        "Good: the layer Table is left out: it is an AWS::DynamoDB::Table",
        "Good refers to Missing, which the template does not define: it would not be deployed",
        "Good: the layer OnAws is left out: its content is on AWS only",
        'Good: the layer {"Fn::ImportValue": "shared"} is left out: its content is on AWS only',
    ]
    assert template.functions[0].environment["STAGE"] == "dev"
