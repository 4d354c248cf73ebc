"""Payload format 1.0."""

from __future__ import annotations

import base64
import json
from typing import Any

from local_lambda.endpoints.request import Trace
from local_lambda.endpoints.rest_api.event import Request, RestApiIdentity, is_binary, rest_api_event
from local_lambda.endpoints.rest_api.routes import match
from local_lambda.http.message import Headers, HttpRequest
from local_lambda.model.function import RestApiConfiguration
from tests.unit.local_lambda.endpoints.rest_api.test_routes import ROUTES

API = RestApiConfiguration(
    logical_id="Api",
    stage="Prod",
    routes=tuple(ROUTES),
    endpoint_type="REGIONAL",
    binary_media_types=("image/png",),
    stage_variables={"COLOUR": "blue"},
)
IDENTITY = RestApiIdentity.of("Api", "eu-central-1")
TRACE = "Root=1-643eccfb-4c9be61972302fa41111a443"


def event(
    path: str = "/pets",
    query: str = "",
    headers: Headers | None = None,
    body: bytes = b"",
    as_sent: Headers | None = None,
    **api: Any,
) -> Any:
    http = HttpRequest(
        "GET",
        f"/Prod{path}?{query}",
        headers or [("host", "127.0.0.1:3001")],
        "127.0.0.1",
        3001,
        as_sent or [],
    )
    found = match(ROUTES, "GET", path)
    assert found is not None
    request = Request(
        http=http,
        body=body,
        path=path,
        match=found,
        request_id="0c4f2b1e-an-id",
        trace=Trace(root=TRACE, header=f"{TRACE};Parent=0"),
        epoch_ms=1659687279885,
    )
    return json.loads(rest_api_event(request, RestApiConfiguration(**{**vars(API), **api}), IDENTITY))


def test_an_event_of_nothing_but_a_path() -> None:
    headers = {
        "Host": "127.0.0.1:3001",
        "X-Amzn-Trace-Id": TRACE,
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Port": "3001",
        "X-Forwarded-Proto": "http",
    }
    seen = event(stage_variables={})
    context = seen.pop("requestContext")
    assert seen == {
        "resource": "/pets",
        "path": "/pets",
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    assert context["path"] == "/Prod/pets"
    assert (context["stage"], context["resourcePath"], context["httpMethod"]) == ("Prod", "/pets", "GET")
    assert context["requestTime"] == "05/Aug/2022:08:14:39 +0000"
    assert context["domainName"] == f"{context['apiId']}.execute-api.eu-central-1.amazonaws.com"
    assert context["identity"].pop("sourceIp") == "127.0.0.1"
    assert set(context["identity"].values()) == {None}


def test_an_event_of_everything() -> None:
    headers = [
        ("cookie", "a=1"),
        ("x-some", "one"),
        ("x-some", "two"),
        ("user-agent", "me"),
        ("te", "trailers"),
    ]
    seen = event("/pets/7", "a=1&b=%C3%A4+%26&a=2&c", headers, "ä".encode())
    assert seen["queryStringParameters"] == {"a": "2", "b": "ä &", "c": ""}
    assert seen["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["ä &"], "c": [""]}
    assert seen["headers"]["x-some"] == "two"
    assert seen["multiValueHeaders"]["x-some"] == ["one", "two"]
    assert "te" not in seen["headers"]
    assert seen["pathParameters"] == {"id": "7"}
    assert seen["stageVariables"] == {"COLOUR": "blue"}
    assert seen["requestContext"]["identity"]["userAgent"] == "me"
    assert (seen["body"], seen["isBase64Encoded"]) == ("ä", False)


def test_header_names_are_the_client_s_but_for_api_gateway_s_own() -> None:
    as_sent = [
        ("HOST", "h"), ("user-AGENT", "me"), ("x-FORWARDED-for", "192.0.2.1"), ("X-One", "1"), ("x-one", "2"),
        ("Content-Length", "2"), ("content-TYPE", "text/plain"),
    ]  # fmt: skip
    seen = event(headers=[(name.lower(), value) for name, value in as_sent], as_sent=as_sent, body=b"{}")
    own = {"X-Amzn-Trace-Id": [TRACE], "X-Forwarded-Port": ["3001"], "X-Forwarded-Proto": ["http"]}
    assert seen["multiValueHeaders"] == {
        "Host": ["h"],
        "User-Agent": ["me"],
        "X-Forwarded-For": ["192.0.2.1"],
        "X-One": ["1", "2"],
        "content-TYPE": ["text/plain"],
        **own,
    }
    assert seen["headers"]["X-One"] == "2"


def test_bodies_are_base64_for_binary_media_types_alone() -> None:
    png = [("content-type", "Image/PNG; q=1")]
    seen = event(headers=png, body=b"\xff")
    assert (base64.b64decode(seen["body"]), seen["isBase64Encoded"]) == (b"\xff", True)
    seen = event(headers=png, body=b"\xff", binary_media_types=())
    assert (seen["body"], seen["isBase64Encoded"]) == ("\ufffd", False)
    assert is_binary("image/png", ["image/*"])
    assert is_binary(None, ["*/*"])
    assert not is_binary("text/plain", ["image/*"])
