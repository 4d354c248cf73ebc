"""What the page is told of the template: everything that it can send a request to."""

from collections.abc import Iterable, Sequence
from typing import Any

from local_lambda.endpoints.endpoint import Endpoint
from local_lambda.model.function import FunctionConfiguration


def described(
    endpoints: Sequence[Endpoint], functions: Iterable[FunctionConfiguration]
) -> list[dict[str, Any]]:
    """URLs and REST APIs, then the functions that have no URL."""
    rest = {one.logical_id: one for one in functions}
    served = [_endpoint(one, rest.pop(one.name, None)) for one in endpoints]
    return [*served, *map(_function, rest.values())]


def _function(function: FunctionConfiguration) -> dict[str, Any]:
    return {"name": function.logical_id, "function": function.name, "atOnce": function.max_concurrency}


def _endpoint(endpoint: Endpoint, function: FunctionConfiguration | None) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "function": function.name if function else None,
        "url": endpoint.url,
        "mode": endpoint.mode,
        "path": endpoint.url.removeprefix(endpoint.origin),
        "iam": not endpoint.is_public,
        "atOnce": function.max_concurrency if function else None,
    }
