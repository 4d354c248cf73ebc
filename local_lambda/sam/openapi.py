"""Methods of a REST API, as an OpenAPI document or AWS::ApiGateway::Method resources declare them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigateway-method.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_ANY, _INTEGRATION = "x-amazon-apigateway-any-method", "x-amazon-apigateway-integration"
_FUNCTION = re.compile(r"/functions/(.+?)/(invocations|response-streaming-invocations)\b")


@dataclass(frozen=True)
class Method:
    """A method of a resource path, and where API Gateway passes its requests on."""

    method: str
    path: str
    kind: str = ""
    """The type of the integration: AWS_PROXY is a function's."""
    uri: str = ""
    mode: str = "BUFFERED"
    authorized: bool = False

    @property
    def function(self) -> str:
        """What the URI has for the function: an ARN, a name, or a reference; "" without any."""
        found = _FUNCTION.search(self.uri)
        return found[1] if found else ""

    def not_served(self) -> str:
        """Return why the local Lambda cannot serve it; "" if it can."""
        if self.kind != "AWS_PROXY":
            return f"its integration is {self.kind or 'none'}, not AWS_PROXY"
        if self.mode != "STREAM":
            return "its responseTransferMode is not STREAM"
        if not self.function:
            return f"its uri names no function: {self.uri}"
        if not self.uri.endswith("response-streaming-invocations"):
            return "its uri ends in /invocations, and must end in /response-streaming-invocations to stream"
        return ""


def methods_of_document(document: Mapping[str, Any]) -> Iterator[Method]:
    """Return the methods of an OpenAPI document, 2.0 or 3."""
    paths = document.get("paths")
    for path, operations in (paths if isinstance(paths, dict) else {}).items():
        for name, operation in (operations if isinstance(operations, dict) else {}).items():
            if isinstance(operation, dict) and name.lower() in (*_METHODS, _ANY):
                method = "ANY" if name == _ANY else name.upper()
                secured = operation.get("security", document.get("security"))
                yield _method(method, str(path), operation.get(_INTEGRATION), bool(secured))


def method_of_resource(path: str, properties: Mapping[str, Any]) -> Method:
    """Return what an AWS::ApiGateway::Method is, at its path."""
    authorized = properties.get("AuthorizationType") not in (None, "NONE")
    integration = {
        key[:1].lower() + key[1:]: one for key, one in (properties.get("Integration") or {}).items()
    }
    return _method(str(properties.get("HttpMethod")).upper(), path, integration, authorized)


def _method(method: str, path: str, integration: Any, authorized: bool) -> Method:
    found = integration if isinstance(integration, dict) else {}
    uri = found.get("uri") or ""
    return Method(
        method=method,
        path=path,
        kind=str(found.get("type") or "").upper(),
        # An intrinsic function that SAM CLI cannot resolve still has the function's name in it.
        uri=uri if isinstance(uri, str) else _joined(uri),
        mode=str(found.get("responseTransferMode") or "BUFFERED").upper(),
        authorized=authorized,
    )


def _joined(uri: Any) -> str:
    """Return the text of an Fn::Sub or Fn::Join, with names for what they refer to."""
    if isinstance(uri, str):
        return uri
    if isinstance(uri, list):
        return "".join(map(_joined, uri))
    ((key, value),) = uri.items() if isinstance(uri, dict) and len(uri) == 1 else (("", json.dumps(uri)),)
    if key == "Fn::Join":
        return str(value[0]).join(map(_joined, value[1]))
    if key == "Fn::GetAtt":
        return ".".join(value) if isinstance(value, list) else str(value)
    return _joined(value[0] if key == "Fn::Sub" and isinstance(value, list) else value)
