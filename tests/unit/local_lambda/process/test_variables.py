"""The environment variables of a function."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.model.function import FunctionConfiguration, Logging
from local_lambda.process.variables import Directories, function_variables, region_of

DIRECTORIES = Directories(task=Path("/t"), runtime=Path("/r"), lang=Path("/l"), opt=Path("/o"))


@pytest.mark.parametrize(
    ("logging", "log_format", "level", "group"),
    [
        (Logging(), None, None, "/aws/lambda/some"),
        (Logging(log_format="Text", level="DEBUG"), "Text", None, "/aws/lambda/some"),
        (Logging(log_format="JSON"), "JSON", "INFO", "/aws/lambda/some"),
        (Logging(log_format="JSON", level="DEBUG", group="/mine"), "JSON", "DEBUG", "/mine"),
    ],
)
def test_a_logging_config(logging: Logging, log_format: str | None, level: str | None, group: str) -> None:
    configuration = FunctionConfiguration(
        logical_id="Some", name="some", runtime="python3.13", handler="a.b", code="", logging=logging
    )
    seen = function_variables(configuration, {}, runtime_api="a", log_stream="s", directories=DIRECTORIES)
    assert seen.get("AWS_LAMBDA_LOG_FORMAT") == log_format
    assert seen.get("AWS_LAMBDA_LOG_LEVEL") == level
    assert seen["AWS_LAMBDA_LOG_GROUP_NAME"] == group


def test_managed_instances_have_json_logs_and_say_how_many() -> None:
    configuration = FunctionConfiguration(
        logical_id="Some", name="some", runtime="python3.13", handler="a.b", code="", max_concurrency=32
    )
    seen = function_variables(configuration, {}, runtime_api="a", log_stream="s", directories=DIRECTORIES)
    assert seen["AWS_LAMBDA_MAX_CONCURRENCY"] == "32"
    assert seen["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances"
    assert (seen["AWS_LAMBDA_LOG_FORMAT"], seen["AWS_LAMBDA_LOG_LEVEL"]) == ("JSON", "INFO")


def test_variables(tmp_path: Path) -> None:
    configuration = FunctionConfiguration(
        logical_id="Some",
        name="some",
        runtime="python3.13",
        handler="app.handler",
        code=tmp_path,
        timeout=3,
        memory=512,
        environment={"MINE": "1", "TZ": "CET", "_HANDLER": "x"},
    )
    directories = Directories(
        task=Path("/t"), runtime=Path("/w/runtime"), lang=Path("/w/lang"), opt=Path("/w/opt")
    )
    environ = {
        "HOME": "/home/me",
        "AWS_PROFILE": "p",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL_S3": "http://s",
    }
    variables = function_variables(
        configuration, environ, runtime_api="127.0.0.1:1", log_stream="s", directories=directories
    )
    assert variables["_HANDLER"] == "app.handler"
    assert (variables["MINE"], variables["TZ"]) == ("1", "CET")
    assert (variables["AWS_PROFILE"], variables["AWS_ENDPOINT_URL_S3"]) == ("p", "http://s")
    assert (variables["AWS_REGION"], variables["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert variables["PATH"] == "/w/lang/bin:/usr/local/bin:/usr/bin:/bin:/w/opt/bin"
    assert "HOME" not in variables
    assert "AWS_ACCESS_KEY_ID" not in variables
    assert region_of({}) == "us-east-1"
