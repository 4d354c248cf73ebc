"""Undecorated handlers, under awslambdaric, on both kinds of URL."""

from __future__ import annotations

import json
import re
import sys

import pytest

from tests.support.interpreters import interpreters
from tests.support.url_client import Answer, request
from tools.local_lambda_process import LocalLambda


@pytest.fixture(scope="module")
def url(served: LocalLambda) -> str:
    return served.urls["PlainFunction"]


def returns(url: str, expression: str) -> Answer:
    return request(url, "/", "POST", expression.encode(), {"Content-Type": "text/plain"})


@pytest.mark.parametrize(
    ("expression", "body"),
    [
        ("'hello'", b"hello"),
        ('\'{"as":  "it is"}\'', b'{"as":  "it is"}'),
        ("{'hello': 'world'}", b'{"hello":"world"}'),
        ("['hello', 3, True]", b'["hello",3,true]'),
        ("3.1", b"3.1"),
        ("{'statusCode': 200, 'body': 'body123'}", b"body123"),
    ],
)
def test_results(url: str, expression: str, body: bytes) -> None:
    answer = returns(url, expression)
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Length"] == str(len(body))
    assert "Transfer-Encoding" not in answer.headers


def test_status_headers_and_cookies(url: str) -> None:
    answer = returns(
        url,
        "{'statusCode': '418', 'headers': {'X-Number': 1, 'content-type': 'text/x'},"
        " 'cookies': ['a=1', 'b=2'], 'body': 'AAEC', 'isBase64Encoded': True}",
    )
    assert (answer.status, answer.body) == (418, b"\0\1\2")
    assert answer.headers["X-Number"] == "1"
    assert answer.headers.get_all("Content-Type") == ["text/x"]
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_an_exception_is_a_502_and_in_the_log(served: LocalLambda, url: str) -> None:
    answer = returns(url, "1 / 0")
    assert (answer.status, answer.body) == (502, b"Internal Server Error")
    served.wait_for("PlainFunction | [ERROR] ZeroDivisionError: division by zero")
    served.wait_for("PlainFunction | Traceback (most recent call last):")
    assert returns(url, "'fine'").body == b"fine"


def test_the_environment_and_the_path_are_lambda_s(url: str) -> None:
    assert returns(url, "[os.environ[name] for name in ('GREETING', 'NUMBER', 'FLAG')]").json == [
        "hello world",
        "7",
        "true",
    ]
    assert returns(url, "context.function_name").body == b"plain"
    assert returns(url, "os.environ['AWS_EXECUTION_ENV']").body == b"AWS_Lambda_python3.11"
    version = "python{}.{}".format(*returns(url, "sys.version_info[:2]").json)
    # Its own where this machine has it.
    assert version == "python3.11" if "3.11" in interpreters() else "python{}.{}".format(*sys.version_info)
    path = returns(url, "sys.path").json
    assert path[0].endswith("/plain")
    # Without a mount namespace it is a directory of this machine.
    assert re.search(rf"/opt(/PlainFunction-\d+)?/python/lib/{version}/site-packages$", path[1])
    assert re.search(r"/opt(/PlainFunction-\d+)?/python$", path[2])
    assert path[3].endswith("/runtime")


def test_what_lambda_ships_can_be_imported_and_nothing_else(url: str) -> None:
    for name in ("boto3", "botocore", "urllib3", "simplejson", "awslambdaric"):
        assert returns(url, f"__import__({name!r}).__name__").body == name.encode()
    for name in ("samcli", "pytest", "local_lambda", "event", "h11"):
        assert returns(url, f"__import__({name!r}).__name__").status == 502


def test_awslambdaric_is_where_sentry_s_integration_looks_for_it(url: str) -> None:
    bootstrap = "sys.modules['__main__'].awslambdaricmain.bootstrap"
    assert returns(url, f"{bootstrap}.handle_event_request.__module__").body == b"awslambdaric.bootstrap"


def test_the_event(url: str) -> None:
    answer = request(url, "/a%20b?x=1&x=%2F", headers={"Cookie": "a=1; b=2", "X-Yes": "1"})
    event = answer.json
    assert event["rawPath"] == "/a%20b"
    assert event["queryStringParameters"] == {"x": "1,/"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["requestContext"]["requestId"] == answer.headers["x-amzn-RequestId"]
    assert re.fullmatch(
        r"[a-z0-9]{32}\.lambda-url\.[a-z0-9-]+\.on\.aws", event["requestContext"]["domainName"]
    )
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", event["headers"]["x-amzn-trace-id"])
    assert answer.headers["X-Amzn-Trace-Id"].startswith(event["headers"]["x-amzn-trace-id"])
    assert "body" not in event


def test_a_trace_of_the_client_is_continued(url: str) -> None:
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    answer = request(url, headers={"X-Amzn-Trace-Id": trace})
    assert answer.headers["X-Amzn-Trace-Id"] == trace
    assert answer.json["headers"]["x-amzn-trace-id"] == trace


def test_binary_and_chunked_bodies(url: str) -> None:
    source = b"[event['isBase64Encoded'], event['headers']['content-length']]"
    assert request(url, "/", "POST", source).json == [True, str(len(source))]
    chunked = request(
        url, "/", "POST", b"%x\r\n%b\r\n0\r\n\r\n" % (len(source), source), {"Transfer-Encoding": "chunked"}
    )
    assert chunked.json == [True, str(len(source))]


def test_a_buffered_result_on_a_stream_url_is_raw(served: LocalLambda) -> None:
    url = served.urls["PlainStreamFunction"]
    answer = returns(url, "{'statusCode': 404, 'body': 'x'}")
    assert (answer.status, answer.json) == (200, {"statusCode": 404, "body": "x"})
    assert returns(url, "1 / 0").status == 502


def test_inline_code(served: LocalLambda) -> None:
    assert request(served.urls["InlineFunction"]).body == b"inline"


def test_a_stream_on_a_buffered_url_is_collected_and_its_prelude_applied(served: LocalLambda) -> None:
    url = served.urls["RawBufferedFunction"]
    answer = request(url, "/odd-cuts")
    assert (answer.status, answer.body) == (201, b"\0\0body\0\0")
    assert answer.headers["Content-Length"] == "8"
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    lines = request(url, "/lines?n=2&gap=0")
    assert (lines.body, lines.headers["Content-Type"]) == (b"line 0\nline 1\n", "text/plain")
    assert request(url, "/error-after").status == 502
    assert request(url, "/big?mb=7").status == 502
    assert json.loads(request(url, "/event").body)["rawPath"] == "/event"
