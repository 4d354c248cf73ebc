"""What a template has that is not served, or that AWS would not accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError, Logging
from local_lambda.sam.template import Template, read_template

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own

HEAD = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13, Handler: app.handler, CodeUri: ., Timeout: 1800}
Resources:
"""
SERVED = "  Served: {Type: AWS::Serverless::Function}\n"
CUSTOM = """
  Custom:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: custom
      FunctionUrlConfig: {AuthType: NONE}
      Events:
        Get: {Type: Api, Properties: {Path: /, Method: get, ResponseTransferMode: RESPONSE_STREAM}}
"""
WEB = """
  Web:
    Type: AWS::Serverless::WebFunction
    Properties: {Runtime: nodejs24.x, CodeUri: web}
"""


def read(tmp_path: Path, resources: str) -> Template:
    path = tmp_path / "template.yaml"
    path.write_text(HEAD + resources)
    return read_template(path)


def test_a_web_function_and_a_custom_runtime_are_named_and_left_out(tmp_path: Path) -> None:
    template = read(tmp_path, SERVED + CUSTOM + WEB)
    assert ([one.logical_id for one in template.functions], template.rest_apis) == (["Served"], [])
    web, custom = template.notices
    assert web.startswith("Web is left out: it is a Lambda Web Function (AWS::Serverless::WebFunction)")
    assert custom.startswith("Custom is left out: its runtime is customer-managed (Runtime: custom")


@pytest.mark.parametrize(("resources", "name"), [(CUSTOM, "Custom is left"), (WEB, "Web is left")])
def test_where_nothing_else_is_the_reason_is_told(tmp_path: Path, resources: str, name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no function with local code. {name}"):
        read(tmp_path, resources)


@pytest.mark.parametrize(
    ("properties", "accepted"),
    [
        ("Timeout: 1800", True),
        ("Timeout: 1801", False),
        ("Timeout: 5400, CapacityProviderConfig: {Arn: a}", True),
        ("Timeout: 5401, CapacityProviderConfig: {Arn: a}", False),
    ],
)
def test_timeouts_beyond_what_aws_accepts(tmp_path: Path, properties: str, accepted: bool) -> None:
    template = read(tmp_path, f"  F: {{Type: AWS::Serverless::Function, Properties: {{{properties}}}}}")
    assert template.functions[0].timeout == int(properties[9:13])
    assert [notice.startswith("F: AWS accepts a Timeout of at most") for notice in template.notices] == (
        [] if accepted else [True]
    )


def test_an_alias_and_a_logging_config(tmp_path: Path) -> None:
    properties = "AutoPublishAlias: live, LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: DEBUG}"
    template = read(
        tmp_path, SERVED + f"  F: {{Type: AWS::Serverless::Function, Properties: {{{properties}}}}}"
    )
    served, configured = template.functions
    assert (served.alias, served.logging) == (None, Logging())
    assert (configured.alias, configured.logging) == ("live", Logging(log_format="JSON", level="DEBUG"))


@pytest.mark.parametrize("config", ["LogFormat: yaml", "LogFormat: JSON, ApplicationLogLevel: LOUD"])
def test_what_is_no_logging_config(tmp_path: Path, config: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^The (LogFormat|ApplicationLogLevel) of F must be"):
        read(
            tmp_path, f"  F: {{Type: AWS::Serverless::Function, Properties: {{LoggingConfig: {{{config}}}}}}}"
        )
