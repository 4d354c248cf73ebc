"""REST APIs: routes, payload format 1.0, what the template declares, idle connections."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any, cast

import pytest

from local_lambda.endpoints.request import Trace
from local_lambda.endpoints.rest_api.event import Request, RestApiIdentity, is_binary, rest_api_event
from local_lambda.endpoints.rest_api.response import RestApiResponse, idle_seconds
from local_lambda.endpoints.rest_api.routes import match
from local_lambda.http.message import Headers, HttpRequest
from local_lambda.http.server import Exchange
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.function import RestApiConfiguration, RestApiRoute
from local_lambda.platform.invocation import Invocation, ResponseHead
from local_lambda.sam.rest_api import rest_apis
from tests.support.recorded_terminal import RecordedTerminal

ROUTES = [
    RestApiRoute("GET", "/", "Root"),
    RestApiRoute("ANY", "/{proxy+}", "Proxy"),
    RestApiRoute("GET", "/pets", "Pets"),
    RestApiRoute("GET", "/pets/{id}", "Pet"),
    RestApiRoute("ANY", "/pets/{id}", "AnyPet"),
    RestApiRoute("GET", "/pets/{id}/{rest+}", "Rest"),
    RestApiRoute("GET", "/pets/new", "New"),
    RestApiRoute("GET", "/{kind}/new", "NewKind"),
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


API = RestApiConfiguration("Api", "Prod", tuple(ROUTES), "REGIONAL", ("image/png",), {"COLOUR": "blue"})
IDENTITY = RestApiIdentity.of("Api", "eu-central-1")
TRACE = "Root=1-643eccfb-4c9be61972302fa41111a443"


def event(
    path: str = "/pets", query: str = "", headers: Headers | None = None, body: bytes = b"", **api: Any
) -> Any:
    http = HttpRequest(
        "GET", f"/Prod{path}?{query}", headers or [("host", "127.0.0.1:3001")], "127.0.0.1", 3001
    )
    found = match(ROUTES, "GET", path)
    assert found is not None
    request = Request(
        http=http,
        body=body,
        path=path,
        match=found,
        request_id="0c4f2b1e-an-id",
        trace=Trace(TRACE, f"{TRACE};Parent=0"),
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
    assert seen["headers"]["X-Some"] == "two"
    assert seen["multiValueHeaders"]["X-Some"] == ["one", "two"]
    assert "Te" not in seen["headers"]
    assert seen["pathParameters"] == {"id": "7"}
    assert seen["stageVariables"] == {"COLOUR": "blue"}
    assert seen["requestContext"]["identity"]["userAgent"] == "me"
    assert (seen["body"], seen["isBase64Encoded"]) == ("ä", False)


def test_bodies_are_base64_for_binary_media_types_alone() -> None:
    png = [("content-type", "Image/PNG; q=1")]
    seen = event(headers=png, body=b"\xff")
    assert (base64.b64decode(seen["body"]), seen["isBase64Encoded"]) == (b"\xff", True)
    seen = event(headers=png, body=b"\xff", binary_media_types=())
    assert (seen["body"], seen["isBase64Encoded"]) == ("\ufffd", False)
    assert is_binary("image/png", ["image/*"])
    assert is_binary(None, ["*/*"])
    assert not is_binary("text/plain", ["image/*"])


def test_the_apis_of_a_template() -> None:
    def stream(path: str, **more: Any) -> dict[str, Any]:
        properties = {
            "Path": path,
            "Method": "get",
            "ResponseTransferMode": "RESPONSE_STREAM",
            "RestApiId": "Api",
        }
        return {"Type": "Api", "Properties": {**properties, **more}}

    events = {
        "A": stream("/a"),
        "B": stream("/b", ResponseTransferMode="BUFFERED"),
        "C": stream("/c", Auth={"Authorizer": "AWS_IAM"}),
        "D": stream("/d", RestApiId={"Fn::ImportValue": "other"}),
        "E": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}},
    }
    resources = {
        "Api": {
            "Type": "AWS::Serverless::Api",
            "Properties": {"StageName": "v1", "BinaryMediaTypes": ["a~1b"]},
        },
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {"Events": events}},
        "Quiet": {"Type": "AWS::Serverless::Function", "Properties": {}},
    }
    notices: list[str] = []
    (api,) = rest_apis(resources, "Nested", notices)
    assert (api.logical_id, api.stage, api.endpoint_type) == ("Nested/Api", "v1", "EDGE")
    assert api.routes == (
        RestApiRoute("GET", "/a", "Nested/Function"),
        RestApiRoute("GET", "/c", "Nested/Function"),
    )
    assert api.binary_media_types == ("a/b",)
    assert [notice.split(" ")[:3] for notice in notices] == [
        ["Nested/Function:", "GET", "/b"],
        ["Nested/Function:", "the", "Authorizer"],
    ]


def test_idle_limits() -> None:
    assert [idle_seconds(kind) for kind in ("EDGE", "REGIONAL", "PRIVATE")] == [30, 300, 300]


class FakeExchange:
    """Notes what is done with an exchange."""

    bodyless = False

    def __init__(self) -> None:
        self.done: list[Any] = []

    def start(self, status: int, headers: Headers) -> None:
        self.done.append(status)

    async def write(self, data: bytes) -> None:
        self.done.append(data)

    def finish(self) -> None:
        self.done.append("finish")

    def cut(self) -> None:
        self.done.append("cut")

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        self.done.append((status, body))


@pytest.mark.parametrize(
    ("sent", "done"),
    [
        (b"", [(504, b'{"message":"Endpoint request timed out"}')]),
        (b"{}", [(504, b'{"message":"Endpoint request timed out"}')]),
        (b"{}" + bytes(8) + b"body", [200, b"body", "cut"]),
    ],
)
def test_a_function_that_falls_silent(sent: bytes, done: list[Any]) -> None:
    async def serve() -> list[Any]:
        exchange = FakeExchange()
        log = FunctionLog(RecordedTerminal(), "Function")
        answer = RestApiResponse(cast(Exchange, exchange), Invocation("id", b"", ""), log, "id", idle=0.01)
        await answer.start(ResponseHead(True, None))
        if sent:
            await answer.write(sent)
        await answer.answered.wait()
        await answer.write(b"too late")
        answer.end(None)
        answer.close()
        return exchange.done

    assert asyncio.run(serve()) == done
