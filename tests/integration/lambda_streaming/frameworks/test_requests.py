"""What an application sees of a request, through a function URL (payload format 2.0)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.support.url_client import Answer, request
from tools.local_lambda_process import LocalLambda

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def starlette(frameworks: LocalLambda) -> str:
    return frameworks.urls["Starlette"]


@pytest.fixture(scope="module")
def fastapi(frameworks: LocalLambda) -> str:
    return frameworks.urls["Fastapi"]


@pytest.fixture(scope="module")
def django(frameworks: LocalLambda) -> str:
    return frameworks.urls["Django"]


@pytest.fixture(scope="module")
def flask(frameworks: LocalLambda) -> str:
    return frameworks.urls["Flask"]


def test_the_asgi_scope(starlette: str) -> None:
    name = "Grüße 漢".encode().decode("latin-1")
    headers = {"X-Some": "value, and more", "Cookie": "a=1; b=2", "X-Name": name}
    scope = request(starlette, "/scope/caf%C3%A9%2Fa%20b/?q=1", headers=headers).json
    port = urlsplit(starlette).port
    assert scope["type"] == "http"
    assert scope["asgi"]["version"] == "3.0"
    assert scope["http_version"] == "1.1"
    assert scope["method"] == "GET"
    assert scope["scheme"] == "http"
    assert scope["path"] == "/scope/café/a b/"
    assert scope["raw_path"] == "/scope/caf%C3%A9%2Fa%20b/"
    assert scope["root_path"] == ""
    assert scope["query_string"] == "q=1"
    assert scope["client"] == ["127.0.0.1", 0]
    assert scope["server"] == ["127.0.0.1", port]
    sent = dict(scope["headers"])
    assert sent["host"] == f"127.0.0.1:{port}"
    assert sent["x-some"] == "value, and more"
    assert sent["x-name"] == name  # the same bytes
    assert [name for name, _ in scope["headers"]].count("cookie") == 1
    assert scope["cookies"] == {"a": "1", "b": "2"}
    assert scope["event"] == "2.0"
    assert scope["request_id"].count("-") == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("a=1&a=2&b=3&a=4", [["a", "1"], ["a", "2"], ["b", "3"], ["a", "4"]]),
        ("a=1%2C2&a=%26&%C3%BC=%C3%A4+%2B", [["a", "1,2"], ["a", "&"], ["ü", "ä +"]]),
        ("flag&empty=&x=%2Fbar%3D", [["flag", ""], ["empty", ""], ["x", "/bar="]]),
    ],
)
def test_a_query_string_arrives_as_sent(starlette: str, query: str, expected: list[list[str]]) -> None:
    scope = request(starlette, f"/scope?{query}").json
    assert scope["query_string"] == query
    assert scope["query"] == expected


def test_the_methods(starlette: str) -> None:
    assert request(starlette, "/scope", "DELETE").json["method"] == "DELETE"
    refused = request(starlette, "/scope", "PATCH")
    assert refused.status == 405
    assert sorted(refused.headers["Allow"].split(", ")) == ["DELETE", "GET", "HEAD", "POST"]


def form(url: str) -> Answer:
    return request(url, "/form", "POST", b"name=J%C3%BCrgen+M&tag=1&tag=%262", FORM)


def test_forms(starlette: str, fastapi: str, django: str, flask: str) -> None:
    assert form(starlette).json == [["name", "Jürgen M"], ["tag", "1"], ["tag", "&2"]]
    assert form(fastapi).json == {"name": "Jürgen M", "tag": ["1", "&2"]}
    assert request(django, "/view", "POST", b"a=1&a=%C3%A4", FORM).json["post"] == ["1", "ä"]
    assert request(flask, "/environ", "POST", b"a=1&a=%C3%A4", FORM).json["form"] == {"a": ["1", "ä"]}


def test_a_multipart_form(starlette: str) -> None:
    body = b'--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--cut--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=cut"}
    assert request(starlette, "/form", "POST", body, headers).json == [["a", "1"]]


def test_json_bodies(fastapi: str, flask: str) -> None:
    item = request(fastapi, "/items", "POST", '{"name": "ä", "price": 1.25}'.encode(), JSON)
    assert item.json == {"name": "Ä", "price": 2.5}
    invalid = request(fastapi, "/items", "POST", b'{"name": "a"}', JSON)
    assert (invalid.status, invalid.json["detail"][0]["loc"]) == (422, ["body", "price"])
    assert request(flask, "/json", "POST", b'[1, "\\u00e4"]', JSON).json == [1, "ä"]


def test_fastapi_s_parameters(fastapi: str) -> None:
    answer = request(fastapi, "/query?tag=a&tag=b%26", headers={"User-Agent": "tests"})
    assert answer.json == {"tag": ["a", "b&"], "user_agent": "tests"}
    assert request(fastapi, "/query").status == 422


def test_fastapi_s_errors_and_statuses(fastapi: str) -> None:
    missing = request(fastapi, "/missing")
    assert (missing.status, missing.json) == (404, {"detail": {"what": "it"}})
    nothing = request(fastapi, "/nothing", "DELETE")
    assert (nothing.status, nothing.body, nothing.complete) == (204, b"", True)
    assert request(fastapi, "/sync").json is True
    assert request(fastapi, "/openapi.json").json["openapi"].startswith("3.")
    assert b"swagger" in request(fastapi, "/docs").body


def test_cors_and_gzip(fastapi: str) -> None:
    preflight = {"Origin": "https://example.com", "Access-Control-Request-Method": "PUT"}
    allowed = request(fastapi, "/items", "OPTIONS", headers=preflight)
    assert (allowed.status, allowed.body) == (200, b"OK")
    assert allowed.headers["Access-Control-Allow-Methods"] == "PUT"
    headers = {"Origin": "https://example.com", "Accept-Encoding": "gzip"}
    answer = request(fastapi, "/long", headers=headers)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://example.com"
    # A function URL decompresses what it streams.
    assert "Content-Encoding" not in answer.headers
    assert answer.json == "long " * 1000


def test_starlette_s_middleware_and_exceptions(starlette: str) -> None:
    assert request(starlette, "/stamped/scope").headers["X-Stamp"] == "GET"
    assert request(starlette, "/stamped/scope").json["root_path"] == "/stamped"
    assert request(starlette, "/stamped/echo", "POST", b"body").body == b"body"
    assert request(starlette, "/stamped/file").body == request(starlette, "/file").body
    teapot = request(starlette, "/http-exception")
    assert (teapot.status, teapot.body, teapot.headers["X-Pot"]) == (418, b"I'm a teapot", "tea")


def test_django_s_request(django: str) -> None:
    answer = request(django, "/view?a=1&a=%C3%A4%26", headers={"X-Some": "value", "Cookie": "a=1; b=2"})
    seen = answer.json
    assert seen == {
        "path": "/view",
        "full": "/view?a=1&a=%C3%A4%26",
        "uri": f"{django}view?a=1&a=%C3%A4%26",
        "query": ["1", "ä&"],
        "post": [],
        "cookies": {"a": "1", "b": "2"},
        "address": "127.0.0.1",
        "header": "value",
        "secure": False,
        "in_thread": True,
    }
    tag = answer.headers["ETag"]
    unchanged = request(django, "/file", headers={"If-None-Match": tag})
    assert unchanged.status == 200
    assert unchanged.body.startswith(b'"""A Django project')


def test_the_wsgi_environ(flask: str) -> None:
    headers = {"X-Some": "value", "Cookie": "a=1; b=2", "User-Agent": "tests"}
    seen = request(flask, "/environ/caf%C3%A9%2Fa%20b?a=1&a=%C3%A4%26", headers=headers).json
    environ, port = seen["environ"], urlsplit(flask).port
    assert environ["REQUEST_METHOD"] == "GET"
    assert environ["SCRIPT_NAME"] == ""
    assert environ["PATH_INFO"] == "/environ/café/a b".encode().decode("latin-1")
    assert environ["QUERY_STRING"] == "a=1&a=%C3%A4%26"
    assert environ["SERVER_NAME"] == "127.0.0.1"
    assert environ["SERVER_PORT"] == str(port)
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert environ["HTTP_X_SOME"] == "value"
    assert seen["rest"] == "café/a b"
    assert seen["args"] == {"a": ["1", "ä&"]}
    assert seen["cookies"] == {"a": "1", "b": "2"}
    assert seen["address"] == "127.0.0.1"
    assert seen["url"] == f"{flask}environ/café/a%20b?a=1&a=ä%26"
    assert seen["request_id"].count("-") == 4


def test_flask_s_errors(flask: str) -> None:
    assert request(flask, "/teapot").status == 418
    assert request(flask, "/environ", "PUT").status == 405
