"""Which route of a REST API serves a request."""

from __future__ import annotations

import pytest

from local_lambda.endpoints.rest_api.routes import match
from local_lambda.model.function import RestApiRoute

ROUTES = [
    RestApiRoute(method="GET", path="/", function="Root"),
    RestApiRoute(method="ANY", path="/{proxy+}", function="Proxy"),
    RestApiRoute(method="GET", path="/pets", function="Pets"),
    RestApiRoute(method="GET", path="/pets/{id}", function="Pet"),
    RestApiRoute(method="ANY", path="/pets/{id}", function="AnyPet"),
    RestApiRoute(method="GET", path="/pets/{id}/{rest+}", function="Rest"),
    RestApiRoute(method="GET", path="/pets/new", function="New"),
    RestApiRoute(method="GET", path="/{kind}/new", function="NewKind"),
]


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/", "Root", {}),
        ("GET", "/pets", "Pets", {}),
        ("GET", "/pets/", "Pets", {}),
        ("GET", "/pets/new", "New", {}),
        ("GET", "/pets/7", "Pet", {"id": "7"}),
        ("PUT", "/pets/a%20b", "AnyPet", {"id": "a%20b"}),
        ("GET", "/pets/7/a/b", "Rest", {"id": "7", "rest": "a/b"}),
        ("GET", "/toys/new", "NewKind", {"kind": "toys"}),
        ("DELETE", "/toys", "Proxy", {"proxy": "toys"}),
        ("GET", "/some/path/below", "Proxy", {"proxy": "some/path/below"}),
    ],
)
def test_routes(method: str, path: str, function: str, parameters: dict[str, str]) -> None:
    for routes in (ROUTES, ROUTES[::-1]):
        found = match(routes, method, path)
        assert found is not None
        assert (found.route.function, found.parameters) == (function, parameters)


@pytest.mark.parametrize(("method", "path"), [("POST", "/pets"), ("POST", "/"), ("POST", "/pets/new")])
def test_no_route(method: str, path: str) -> None:
    assert match(ROUTES, method, path) is None
