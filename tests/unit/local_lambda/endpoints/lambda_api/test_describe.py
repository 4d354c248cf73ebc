"""Functions and their URLs, as the Lambda API describes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local_lambda.endpoints.lambda_api.describe import FunctionDescription, function_list
from local_lambda.http.message import HttpResponse
from local_lambda.model.function import FunctionConfiguration, FunctionUrlConfig
from tests.support.parsed_by_botocore import parsed


def description(name: str = "some<&>", url: str | None = "http://127.0.0.1:1/") -> FunctionDescription:
    config = FunctionUrlConfig(auth_type="NONE", invoke_mode="RESPONSE_STREAM") if url else None
    configuration = FunctionConfiguration(
        logical_id="Some",
        name=name,
        runtime="python3.13",
        handler="app.handler",
        code=Path("/c"),
        timeout=7,
        memory=512,
        environment={"A": "1"},
        url=config,
    )
    return FunctionDescription(configuration, "eu-west-1", url, "2026-11-22T10:11:12.000+0000")


def validated(operation: str, document: Any) -> dict[str, Any]:
    """The document, of whose keys none is unknown to the model."""
    answer = HttpResponse(200, [], json.dumps(document).encode())
    result = parsed("lambda", operation, answer)
    del result["ResponseMetadata"]
    assert result == document
    return result


def test_descriptions_have_the_model_s_shape() -> None:
    one = description("some")
    configuration = validated("GetFunctionConfiguration", one.function_configuration("$LATEST"))
    assert configuration["FunctionArn"] == "arn:aws:lambda:eu-west-1:123456789012:function:some:$LATEST"
    assert configuration["Environment"] == {"Variables": {"A": "1"}}
    assert validated("GetFunction", one.function())["Configuration"]["Timeout"] == 7
    assert validated("ListFunctions", function_list([one, one]))["Functions"][1]["Handler"] == "app.handler"
    config = one.url_config()
    assert config is not None
    assert validated("GetFunctionUrlConfig", config)["InvokeMode"] == "RESPONSE_STREAM"
    assert validated("ListFunctionUrlConfigs", one.url_configs()) == {"FunctionUrlConfigs": [config]}
    assert description(url=None).url_config() is None
    assert validated("ListFunctionUrlConfigs", description(url=None).url_configs()) == {
        "FunctionUrlConfigs": []
    }
