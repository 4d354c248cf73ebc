"""The CloudFormation calls with which `sam remote invoke` finds a function: the query protocol, XML.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html and
API_ListStackResources.html. The functions served are the resources of one stack. A template has no name, so
the stack has whatever name a caller gives it.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from local_lambda.endpoints.lambda_api.describe import FunctionDescription
from local_lambda.http.message import HttpResponse
from local_lambda.model.function import ACCOUNT_ID

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
_DEFAULT_STACK = "local-lambda"


def response(body: bytes, functions: Iterable[FunctionDescription], request_id: str) -> HttpResponse:
    """Return the response to a call whose parameters are in the body, form-encoded."""
    parameters = dict(parse_qsl(body.decode(errors="replace")))
    action = parameters.get("Action", "")
    if action == "ListStackResources":
        stack = parameters.get("StackName", _DEFAULT_STACK)
        return _result(action, "StackResourceSummaries", _members(functions, stack), request_id)
    if action == "DescribeStackResources":
        found = [function for function in functions if _is_asked_for(function, parameters)]
        if "PhysicalResourceId" in parameters and not found:
            return _error(f"Stack for {parameters['PhysicalResourceId']} does not exist", request_id)
        stack = parameters.get("StackName", _DEFAULT_STACK)
        return _result(action, "StackResources", _members(found, stack), request_id)
    return _error(f"Could not find operation {action} for version 2010-05-15", request_id, "InvalidAction")


def _is_asked_for(function: FunctionDescription, parameters: Mapping[str, str]) -> bool:
    configuration = function.configuration
    asked = (parameters.get("PhysicalResourceId"), parameters.get("LogicalResourceId"))
    return asked[0] in (None, configuration.name) and asked[1] in (None, configuration.logical_id)


def _members(functions: Iterable[FunctionDescription], stack: str) -> str:
    return "".join(f"<member>{_fields(_resource(function, stack))}</member>" for function in functions)


def _resource(function: FunctionDescription, stack: str) -> dict[str, str]:
    return {
        "StackName": stack,
        "StackId": f"arn:aws:cloudformation:{function.region}:{ACCOUNT_ID}:stack/{stack}/local",
        "LogicalResourceId": function.configuration.logical_id,
        "PhysicalResourceId": function.configuration.name,
        "ResourceType": "AWS::Lambda::Function",
        "Timestamp": function.since,
        "LastUpdatedTimestamp": function.since,
        "ResourceStatus": "CREATE_COMPLETE",
    }


def _fields(fields: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())


def _result(action: str, name: str, members: str, request_id: str) -> HttpResponse:
    result = f"<{action}Result><{name}>{members}</{name}></{action}Result>"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return _xml(200, f'<{action}Response xmlns="{_NAMESPACE}">{result}{metadata}</{action}Response>')


def _error(text: str, request_id: str, code: str = "ValidationError") -> HttpResponse:
    fields = _fields({"Type": "Sender", "Code": code, "Message": text})
    body = f"<Error>{fields}</Error><RequestId>{request_id}</RequestId>"
    return _xml(400, f'<ErrorResponse xmlns="{_NAMESPACE}">{body}</ErrorResponse>')


def _xml(status: int, document: str) -> HttpResponse:
    return HttpResponse(status, [("Content-Type", "text/xml")], document.encode())
