"""The resources of a template → its REST APIs: those routes whose integration streams.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-api.html
SAM CLI has given every `Api` event its RestApiId by now, and those without one of their own an implicit API.
"""

import posixpath
from collections.abc import Mapping
from typing import Any

from local_lambda.model.function import RestApiConfiguration, RestApiRoute

_FUNCTION, _API = "AWS::Serverless::Function", "AWS::Serverless::Api"
# Of an API that names none: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html
_DEFAULT_ENDPOINT_TYPE = "EDGE"


def rest_apis(
    resources: Mapping[str, Any], stack_path: str, notices: list[str]
) -> list[RestApiConfiguration]:
    """Return the REST APIs of a stack that stream; add what is left out to ``notices``."""
    routes: dict[str, list[RestApiRoute]] = {}
    for logical_id, resource in resources.items():
        if resource.get("Type") == _FUNCTION:
            for api, route in _routes(posixpath.join(stack_path, logical_id), resource, notices):
                routes.setdefault(api, []).append(route)
    return [
        _rest_api(posixpath.join(stack_path, api), resources[api].get("Properties") or {}, found)
        for api, found in routes.items()
        if resources.get(api, {}).get("Type") == _API
    ]


def _routes(function: str, resource: Any, notices: list[str]) -> list[tuple[str, RestApiRoute]]:
    found = []
    for event in ((resource.get("Properties") or {}).get("Events") or {}).values():
        if event.get("Type") != "Api":
            continue
        properties = event.get("Properties") or {}
        route = RestApiRoute(
            method=str(properties.get("Method")).upper(), path=str(properties.get("Path")), function=function
        )
        if properties.get("ResponseTransferMode") != "RESPONSE_STREAM":
            notices.append(
                f"{function}: {route.method} {route.path} of its REST API is not served here, because its "
                "ResponseTransferMode is not RESPONSE_STREAM"
            )
        elif isinstance(properties.get("RestApiId"), str):
            if (properties.get("Auth") or {}).get("Authorizer") not in (None, "NONE"):
                notices.append(f"{function}: the Authorizer of {route.method} {route.path} is not asked here")
            found.append((properties["RestApiId"], route))
    return found


def _rest_api(name: str, properties: Mapping[str, Any], routes: list[RestApiRoute]) -> RestApiConfiguration:
    endpoint = properties.get("EndpointConfiguration")
    # Either a name alone or, as in CloudFormation, an object.
    kind = endpoint.get("Type") if isinstance(endpoint, dict) else endpoint
    types = properties.get("BinaryMediaTypes")
    variables = properties.get("Variables")
    return RestApiConfiguration(
        logical_id=name,
        stage=str(properties.get("StageName")),
        routes=tuple(routes),
        endpoint_type=kind if isinstance(kind, str) else _DEFAULT_ENDPOINT_TYPE,
        binary_media_types=tuple(str(one).replace("~1", "/") for one in types)
        if isinstance(types, list)
        else (),
        stage_variables={str(key): str(value) for key, value in variables.items()}
        if isinstance(variables, dict)
        else {},
    )
