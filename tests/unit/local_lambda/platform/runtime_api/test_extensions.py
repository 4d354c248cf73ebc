"""Extensions, logs and telemetry beside the Runtime API."""

from __future__ import annotations

import json

import pytest

from local_lambda.http.message import HttpRequest, HttpResponse
from local_lambda.platform.runtime_api.extensions import ExtensionsApi

FUNCTION = {"functionName": "f", "functionVersion": "$LATEST"}


def call(api: ExtensionsApi, method: str, path: str, **headers: str) -> HttpResponse | None:
    return api.response(_request(method, path, **headers))


def _request(method: str, path: str, **headers: str) -> HttpRequest:
    sent = [(f"lambda-extension-{name}", value) for name, value in headers.items()]
    return HttpRequest(method, path, sent, "127.0.0.1", 1)


def error(answer: HttpResponse | None) -> tuple[int, str]:
    assert answer is not None
    return answer.status, json.loads(answer.body)["errorType"]


def test_an_extension_registers_and_waits() -> None:
    api = ExtensionsApi(FUNCTION)
    registered = call(api, "POST", "/2020-01-01/extension/register", name="one")
    assert registered is not None
    assert (registered.status, json.loads(registered.body)) == (200, FUNCTION)
    identifier = dict(registered.headers)["Lambda-Extension-Identifier"]
    asked = _request("GET", "/2020-01-01/extension/event/next", identifier=identifier)
    assert api.response(asked) is None
    assert api.waits(asked)
    for path in ("init/error", "exit/error"):
        answer = call(api, "POST", f"/2020-01-01/extension/{path}", identifier=identifier)
        assert answer is not None
        assert (answer.status, json.loads(answer.body)) == (202, {"status": "OK"})


def test_what_is_not_in_order() -> None:
    api = ExtensionsApi(FUNCTION)
    assert error(call(api, "POST", "/2020-01-01/extension/register")) == (
        403,
        "Extension.InvalidExtensionName",
    )
    call(api, "POST", "/2020-01-01/extension/register", name="one")
    again = call(api, "POST", "/2020-01-01/extension/register", name="one")
    assert error(again) == (403, "Extension.InvalidExtensionState")
    missing = call(api, "GET", "/2020-01-01/extension/event/next")
    assert error(missing) == (403, "Extension.MissingExtensionIdentifier")
    unknown = call(api, "GET", "/2020-01-01/extension/event/next", identifier="nobody")
    assert error(unknown) == (403, "Extension.UnknownExtensionIdentifier")
    assert len(api.identifiers) == 1


@pytest.mark.parametrize(
    ("path", "kind"), [("/2020-08-15/logs", "Logs"), ("/2022-07-01/telemetry", "Telemetry")]
)
def test_logs_and_telemetry_are_not_there(path: str, kind: str) -> None:
    assert error(call(ExtensionsApi(FUNCTION), "PUT", path)) == (202, f"{kind}.NotSupported")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/2020-01-01/extension/register", 405),
        ("GET", "/2022-07-01/telemetry", 405),
        ("GET", "/2018-06-01/runtime/restore/next", None),
        ("POST", "/2020-01-01/extension/other", None),
    ],
)
def test_other_requests(method: str, path: str, status: int | None) -> None:
    answer = call(ExtensionsApi(FUNCTION), method, path)
    assert (answer.status if answer else None) == status
