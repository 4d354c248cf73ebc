"""What the page is told of the template: everything that it can send a request to."""

from collections.abc import Iterable, Sequence
from typing import Any

from local_lambda.endpoints.endpoint import Endpoint
from local_lambda.model.function import FunctionConfiguration


def described(
    endpoints: Sequence[Endpoint], functions: Iterable[FunctionConfiguration]
) -> list[dict[str, Any]]:
    """URLs and REST APIs, then the functions that have no URL."""
    names = {one.logical_id: one.name for one in functions}
    served = [_endpoint(one, names.pop(one.name, None)) for one in endpoints]
    return [*served, *({"name": one, "function": name} for one, name in names.items())]


def _endpoint(endpoint: Endpoint, function: str | None) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "function": function,
        "url": endpoint.url,
        "mode": endpoint.mode,
        "path": endpoint.url.removeprefix(endpoint.origin),
        "iam": not endpoint.is_public,
    }
