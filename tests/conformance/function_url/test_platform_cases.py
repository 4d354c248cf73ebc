"""What AWS does around a function, and in front of it with a REST API."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.function_url.test_cases import CASES, LEFT_OUT, PLATFORM
from tests.support.api_client import boto_client
from tests.support.runtime_process import ROOT
from tests.support.url_client import request
from tools.local_lambda_process import LocalLambda

# A function may register as an extension itself: one within the runtime.
SOURCE = """
import http.client, json, os, signal
from lambda_streaming import streamify_response

def stop(*_):
    print("got SIGTERM", flush=True)
    os._exit(0)

signal.signal(signal.SIGTERM, stop)
if "EXTENSION" in os.environ:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    headers = {"Lambda-Extension-Name": "within"}
    connection.request("POST", "/2020-01-01/extension/register", b'{"events": []}', headers)
    assert connection.getresponse().status == 200

def handler(event, context):
    return {
        "log": [os.environ.get("AWS_LAMBDA_LOG_FORMAT"), os.environ.get("AWS_LAMBDA_LOG_LEVEL")],
        "seconds": context.get_remaining_time_in_millis() / 1000,
        "tenant": context.tenant_id,
        "arn": context.invoked_function_arn,
    }

@streamify_response
def echo(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""
BACKEND = {
    "Type": "Api",
    "Properties": {"Path": "/{proxy+}", "Method": "ANY", "ResponseTransferMode": "RESPONSE_STREAM"},
}
CAPACITY = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:aws:lambda:::a"}}
# What sets each function apart.
FUNCTIONS: dict[str, dict[str, Any]] = {
    "Plain": {},
    "Json": {"LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"}},
    "Text": {"LoggingConfig": {"LogFormat": "Text"}},
    "Extended": {"Environment": {"Variables": {"EXTENSION": "1"}}},
    "Aliased": {"AutoPublishAlias": "live"},
    "Long": {"Timeout": 1800},
    "Longer": {"Timeout": 1801},
    "Managed": {"Timeout": 5400, "CapacityProviderConfig": CAPACITY},
    "ManagedLonger": {"Timeout": 5401, "CapacityProviderConfig": CAPACITY},
    "Echo": {"Handler": "app.echo", "Events": {"Any": BACKEND}},
    "Custom": {"Runtime": "custom"},
}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    root = tmp_path_factory.mktemp("platform")
    (root / "code").mkdir()
    (root / "code" / "app.py").write_text(SOURCE)
    shutil.copytree(ROOT / "layers" / "opt", root / "layer")
    common = {
        "Runtime": f"python3.{sys.version_info.minor}",
        "Handler": "app.handler",
        "CodeUri": "code",
        "Layers": [{"Ref": "Layer"}],
    }
    wrapper = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/python/streaming-bootstrap"}
    resources: dict[str, Any] = {
        name: {"Type": "AWS::Serverless::Function", "Properties": common | properties}
        for name, properties in FUNCTIONS.items()
    }
    resources["Layer"] = {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "layer"}}
    resources["Web"] = {"Type": "AWS::Serverless::WebFunction", "Properties": {"Runtime": "nodejs24.x"}}
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Globals": {"Function": {"Environment": {"Variables": wrapper}}},
        "Resources": resources,
    }
    (root / "template.json").write_text(json.dumps(template))
    with LocalLambda(root / "template.json") as running:
        yield running


def _invoke(platform: LocalLambda, name: str, **arguments: Any) -> dict[str, Any]:
    """What the function says of itself."""
    answer = _client(platform).invoke(FunctionName=name, **arguments)
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return said


def _client(platform: LocalLambda) -> Any:
    return boto_client("lambda", f"http://127.0.0.1:{platform.port}")


def function_logging_config(platform: LocalLambda, expected: dict[str, Any]) -> None:
    config = FUNCTIONS["Json"]["LoggingConfig"]
    assert config == {name: expected[name] for name in config}
    assert _invoke(platform, "Json")["log"] == _logging_variables(expected)


def function_logging_config_text(platform: LocalLambda, expected: dict[str, Any]) -> None:
    assert _invoke(platform, "Text")["log"] == _logging_variables(expected)


def _logging_variables(expected: dict[str, Any]) -> list[str | None]:
    return [expected["AWS_LAMBDA_LOG_FORMAT"], expected["AWS_LAMBDA_LOG_LEVEL"]]


def function_tenant_id(platform: LocalLambda, expected: dict[str, Any]) -> None:
    assert _invoke(platform, "Plain")["tenant"] is None
    tenant = _invoke(platform, "Plain", TenantId=expected["TenantId"])["tenant"]
    assert tenant == expected["context.tenant_id"]


def function_timeout_1800(platform: LocalLambda, expected: dict[str, Any]) -> None:
    _check_timeout(platform, expected, "Long", "Longer")


def function_timeout_5400_with_capacity_provider(platform: LocalLambda, expected: dict[str, Any]) -> None:
    _check_timeout(platform, expected, "Managed", "ManagedLonger")


def _check_timeout(platform: LocalLambda, expected: dict[str, Any], right: str, wrong: str) -> None:
    accepted = expected["accepted"]
    assert (FUNCTIONS[right]["Timeout"], FUNCTIONS[wrong]["Timeout"]) == (accepted, expected["not_accepted"])
    assert accepted - 60 < _invoke(platform, right)["seconds"] <= accepted
    assert f"{wrong}: AWS accepts a Timeout of at most {accepted} seconds here" in platform.output
    assert f"{right}: AWS accepts" not in platform.output


def function_auto_publish_alias(platform: LocalLambda, expected: dict[str, Any]) -> None:
    assert _invoke(platform, "Aliased", Qualifier=expected["alias"])["arn"].endswith(expected["arn_ends"])
    client = _client(platform)
    with pytest.raises(client.exceptions.ClientError) as raised:
        client.invoke(FunctionName="Aliased", Qualifier="another")
    assert raised.value.response["Error"]["Code"] == expected["error"]


def rest_api_header_names(platform: LocalLambda, expected: dict[str, Any]) -> None:
    headers = dict.fromkeys(expected["sent"], "x")
    event = request(platform.urls["ServerlessRestApi"], "/Prod/x", headers=headers).json
    names = set(event["headers"])
    assert names >= set(expected["headers"])
    assert names & ({"x-lower-upper", "X-Lower-Upper", "user-agent", "Accept", "host"}) == set()


def rest_api_no_content_length(platform: LocalLambda, expected: dict[str, Any]) -> None:
    event = request(platform.urls["ServerlessRestApi"], "/Prod/x", "POST", b"body").json
    assert set(event["headers"]) & set(expected["headers_absent"]) == set()


def rest_api_repeated_query(platform: LocalLambda, expected: dict[str, Any]) -> None:
    event = request(platform.urls["ServerlessRestApi"], f"/Prod/x?{expected['query']}").json
    assert event["queryStringParameters"] == expected["queryStringParameters"]


RUN: list[Callable[[LocalLambda, dict[str, Any]], None]] = [
    function_auto_publish_alias,
    function_logging_config,
    function_logging_config_text,
    function_tenant_id,
    function_timeout_1800,
    function_timeout_5400_with_capacity_provider,
    rest_api_header_names,
    rest_api_no_content_length,
    rest_api_repeated_query,
]


@pytest.mark.parametrize("run", RUN, ids=lambda run: run.__name__)
def test_a_case(platform: LocalLambda, run: Callable[[LocalLambda, dict[str, Any]], None]) -> None:
    run(platform, CASES[run.__name__]["expected_event"])


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_left_out_is_named(platform: LocalLambda, name: str) -> None:
    assert CASES[name]["expected_event"]["notice"] in platform.output


def test_the_end(platform: LocalLambda) -> None:
    """The two cases of how an environment ends; the last test, for it ends them all."""
    for name in ("Extended", "Plain"):
        _invoke(platform, name)
    platform.stop()
    with_it, without = (CASES[name]["expected_event"]["signal"] for name in ENDS)
    assert ("Extended | got SIGTERM" in platform.output) is (with_it == "SIGTERM")
    assert ("Plain | got SIGTERM" in platform.output) is (without == "SIGTERM")


ENDS = ("function_with_an_extension_gets_sigterm", "function_without_an_extension_gets_sigkill")


def test_every_case_of_the_platform_is_run() -> None:
    assert {run.__name__ for run in RUN} | set(ENDS) == PLATFORM
