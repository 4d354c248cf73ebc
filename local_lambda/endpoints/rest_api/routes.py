"""Method and path of a request → a route of a REST API and its path parameters.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html:
`{name}` is one segment, `{name+}` all that follow. A fixed segment goes before a parameter, and that before a
greedy one; then the method itself goes before ANY.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from local_lambda.model.function import RestApiRoute

_PARAMETER = re.compile(r"\{([^{}+]+)(\+?)\}")
_FIXED, _ONE, _GREEDY = range(3)


@dataclass(frozen=True)
class Match:
    """The route of a request, and its path parameters as sent."""

    route: RestApiRoute
    parameters: dict[str, str] = field(default_factory=dict)


def match(routes: Sequence[RestApiRoute], method: str, path: str) -> Match | None:
    """Return the route for a path below the stage; None where the API has no such resource or method."""
    segments = _segments(path)
    resources = {route.path for route in routes}
    found = [
        (_rank(resource), resource, parameters)
        for resource in resources
        if (parameters := _parameters(_segments(resource), segments)) is not None
    ]
    if not found:
        return None
    # The resource is chosen first: if it lacks the method, a less specific one does not take over.
    _, resource, parameters = min(found, key=lambda one: one[0])
    methods = {route.method: route for route in routes if route.path == resource}
    route = methods.get(method) or methods.get("ANY")
    return Match(route, parameters) if route else None


def _segments(path: str) -> list[str]:
    # API Gateway makes no difference between /path and /path/.
    return path.strip("/").split("/") if path.strip("/") else []


def _rank(resource: str) -> list[int]:
    return [_kind(segment) for segment in _segments(resource)]


def _kind(segment: str) -> int:
    parameter = _PARAMETER.fullmatch(segment)
    return _FIXED if parameter is None else _GREEDY if parameter[2] else _ONE


def _parameters(resource: list[str], path: list[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for at, segment in enumerate(resource):
        if at >= len(path):
            return None
        parameter = _PARAMETER.fullmatch(segment)
        if parameter is None:
            if segment != path[at]:
                return None
        elif parameter[2]:
            return {**parameters, parameter[1]: "/".join(path[at:])}
        else:
            parameters[parameter[1]] = path[at]
    return parameters if len(path) == len(resource) else None
