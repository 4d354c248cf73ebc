"""A response of the Lambda API as botocore reads it."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.parsers import create_parser

from local_lambda.http.message import HttpResponse

SESSION = botocore.session.get_session()


def parsed(service: str, operation: str, answer: HttpResponse) -> dict[str, Any]:
    """What botocore makes of an answer; errors included."""
    model = SESSION.get_service_model(service)
    operation_model = model.operation_model(operation)
    response = {
        "status_code": answer.status,
        "headers": {name.lower(): value for name, value in answer.headers},
        "body": answer.body,
    }
    protocol = "rest-json" if service == "lambda" else "query"
    shape: Any = operation_model.output_shape
    result: dict[str, Any] = create_parser(protocol).parse(response, shape)
    if answer.status >= 300:
        code = result["Error"]["Code"]
        modelled = {shape.name for shape in operation_model.error_shapes}
        result["modelled"] = code in modelled
    return result
