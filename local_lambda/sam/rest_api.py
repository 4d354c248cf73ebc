"""The resources of a template → its REST APIs: those methods whose integration streams.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html. Three forms
declare them: `Api` events of functions (of which SAM makes an OpenAPI document), an OpenAPI document, and
AWS::ApiGateway::Method resources. SAM CLI has given every event its RestApiId by now.
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from local_lambda.model.function import RestApiConfiguration, RestApiRoute
from local_lambda.sam.function import alias
from local_lambda.sam.openapi import Method, method_of_resource, methods_of_document
from local_lambda.sam.url_resources import alias_name, aliases, function_name

_FUNCTION, _API = "AWS::Serverless::Function", "AWS::Serverless::Api"
_FUNCTIONS = (_FUNCTION, "AWS::Lambda::Function")
_REST_API, _METHOD, _RESOURCE = (f"AWS::ApiGateway::{kind}" for kind in ("RestApi", "Method", "Resource"))
_STAGES = ("AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment")
# Of an API that names none: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html
_DEFAULT_ENDPOINT_TYPE = "EDGE"
_DEFAULT_STAGE = "prod"
# Set by SAM in the documents that it makes itself.
_MADE_BY_SAM = "__MANAGE_SWAGGER"


class RestApis:
    """The REST APIs of one stack; ``notices`` says what of them is not served."""

    def __init__(
        self, resources: Mapping[str, Any], raw: Mapping[str, Any], stack_path: str, notices: list[str]
    ) -> None:
        """Take the resources as SAM CLI has resolved them, and as the template has them."""
        self._resources = resources
        self._raw = raw
        self._stack_path = stack_path
        self._notices = notices
        self._functions = _function_names(resources)
        self._of_events: set[tuple[str, str, str]] = set()
        """API, method and path of each event whose method SAM adds to its API."""

    def found(self) -> list[RestApiConfiguration]:
        """Return those that have a method that streams."""
        routes = self._routes_of_events()
        for api, methods in self._methods():
            routes.setdefault(api, []).extend(self._served(api, methods))
        return [
            self._configuration(api, self._resources[api].get("Properties") or {}, found)
            for api, found in routes.items()
            if found and self._resources.get(api, {}).get("Type") in (_API, _REST_API)
        ]

    def _of_type(self, *types: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, resource in self._resources.items():
            if resource.get("Type") in types:
                yield name, resource.get("Properties") or {}

    def _place(self, name: str) -> str:
        return posixpath.join(self._stack_path, name)

    def _routes_of_events(self) -> dict[str, list[RestApiRoute]]:
        routes: dict[str, list[RestApiRoute]] = {}
        for name, properties in self._of_type(_FUNCTION):
            for event in (properties.get("Events") or {}).values():
                for api, route in self._event(self._place(name), event, alias({"Properties": properties})):
                    routes.setdefault(api, []).append(route)
        return routes

    def _event(
        self, function: str, event: Mapping[str, Any], published: str | None
    ) -> Iterator[tuple[str, RestApiRoute]]:
        if event.get("Type") == "HttpApi":
            self._notices.append(
                f"{function}: its HTTP API is not served here, because HTTP APIs do not stream"
            )
        properties = event.get("Properties") or {}
        api = properties.get("RestApiId")
        if event.get("Type") != "Api" or (isinstance(api, str) and self._has_only_its_document(api)):
            return
        route = RestApiRoute(
            method=str(properties.get("Method")).upper(),
            path=str(properties.get("Path")),
            function=function,
            alias=published,
        )
        self._of_events.add((str(api), route.method, route.path))
        if properties.get("ResponseTransferMode") != "RESPONSE_STREAM":
            self._notices.append(
                f"{function}: {route.method} {route.path} of its REST API is not served here, because its "
                "ResponseTransferMode is not RESPONSE_STREAM"
            )
        elif isinstance(api, str):
            if (properties.get("Auth") or {}).get("Authorizer") not in (None, "NONE"):
                self._not_asked(function, route.method, route.path)
            yield api, route

    def _not_asked(self, name: str, method: str, path: str) -> None:
        self._notices.append(f"{name}: the Authorizer of {method} {path} is not asked here")

    def _has_only_its_document(self, api: str) -> bool:
        """Whether SAM adds no event to an API, because the user has written its document."""
        merges = (self._resources.get(api, {}).get("Properties") or {}).get("MergeDefinitions")
        return bool(self._document(api)) and not merges

    def _document(self, api: str) -> Mapping[str, Any]:
        """Return the OpenAPI document that the user has written for an API; {} without one."""
        key = "DefinitionBody" if self._resources.get(api, {}).get("Type") == _API else "Body"
        written = (self._raw.get(api, {}).get("Properties") or {}).get(key)
        if not isinstance(written, dict) or _MADE_BY_SAM in written:
            return {}
        document = (self._resources[api].get("Properties") or {}).get(key)
        return document if isinstance(document, dict) else {}

    def _methods(self) -> Iterator[tuple[str, list[Method]]]:
        for name, _ in self._of_type(_API, _REST_API):
            if document := self._document(name):
                yield name, list(methods_of_document(document))
        for name, properties in self._of_type(_METHOD):
            raw = self._raw[name]["Properties"]
            if (path := self._path(raw.get("ResourceId"))) is not None:
                yield _referred(raw.get("RestApiId")), [method_of_resource(path, properties)]

    def _path(self, reference: Any) -> str | None:
        """Return the path of an AWS::ApiGateway::Resource, or of the root; None of others."""
        name = _referred(reference)
        resource = self._raw.get(name, {})
        if resource.get("Type") == _REST_API:
            return "/"
        if resource.get("Type") != _RESOURCE:
            return None
        above = self._path(resource["Properties"].get("ParentId"))
        part = str(self._resources[name]["Properties"].get("PathPart"))
        return None if above is None else posixpath.join(above, part)

    def _served(self, api: str, methods: list[Method]) -> Iterator[RestApiRoute]:
        for one in methods:
            if (api, one.method, one.path) in self._of_events:
                continue  # SAM's MergeDefinitions takes the event's
            reference = one.function.strip("${}")  # F.Alias is $F.Alias, as SAM CLI leaves it
            name = function_name(reference)
            function = self._functions.get(name)
            why = one.not_served() or ("" if function else f"there is no function {name} here")
            if why:
                self._notices.append(
                    f"{self._place(api)}: {one.method} {one.path} is not served here, because {why}"
                )
                continue
            if one.authorized:
                self._not_asked(self._place(api), one.method, one.path)
            assert function is not None
            yield RestApiRoute(
                method=one.method,
                path=one.path,
                function=self._place(function),
                alias=alias_name(reference, self._resources),
            )

    def _stage(self, api: str, properties: Mapping[str, Any]) -> tuple[str, Any]:
        """Return an API's stage, and that stage's variables."""
        if "StageName" in properties:
            return str(properties["StageName"]), properties.get("Variables")
        for name, stage in self._of_type(*_STAGES):
            if _referred(self._raw[name]["Properties"].get("RestApiId")) == api and "StageName" in stage:
                return str(stage["StageName"]), stage.get("Variables")
        self._notices.append(
            f"{self._place(api)} has no stage in the template: it is served here as {_DEFAULT_STAGE}, "
            "and not reachable on AWS without one"
        )
        return _DEFAULT_STAGE, None

    def _configuration(
        self, api: str, properties: Mapping[str, Any], routes: list[RestApiRoute]
    ) -> RestApiConfiguration:
        stage, variables = self._stage(api, properties)
        types = properties.get("BinaryMediaTypes") or self._document(api).get(
            "x-amazon-apigateway-binary-media-types"
        )
        return RestApiConfiguration(
            logical_id=self._place(api),
            stage=stage,
            routes=tuple(routes),
            endpoint_type=_endpoint_type(properties.get("EndpointConfiguration")),
            binary_media_types=tuple(str(one).replace("~1", "/") for one in types)
            if isinstance(types, list)
            else (),
            stage_variables={str(key): str(value) for key, value in variables.items()}
            if isinstance(variables, dict)
            else {},
        )


def _endpoint_type(configuration: Any) -> str:
    """Return the type: a name alone, an object's Type, or the first of its Types."""
    if isinstance(configuration, dict):
        types = configuration.get("Types")
        configuration = configuration.get("Type") or (types[0] if isinstance(types, list) and types else None)
    return configuration if isinstance(configuration, str) else _DEFAULT_ENDPOINT_TYPE


def _function_names(resources: Mapping[str, Any]) -> dict[str, str]:
    """Return the logical id of each function, by all that a URI may call it."""
    functions = {name: one for name, one in resources.items() if one.get("Type") in _FUNCTIONS}
    names = {
        str((one.get("Properties") or {}).get("FunctionName", name)): name for name, one in functions.items()
    }
    aliased = {alias: name for alias, name in aliases(resources).items() if name in functions}
    return {**names, **aliased, **dict(zip(functions, functions, strict=True))}


def _referred(value: Any) -> str:
    """Return the logical id of a Ref or Fn::GetAtt; a text as it is."""
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value).partition(".")[0]
