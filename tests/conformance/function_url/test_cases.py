"""What AWS does: every case of cases.json is run here, or listed with its reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_lambda.endpoints.function_url.event import UrlIdentity, url_event
from local_lambda.http.message import HttpRequest
from tests.support.runtime_process import ROOT
from tests.support.url_client import Answer, request
from tools.local_lambda_process import LocalLambda

CASES = {
    case["name"]: case for case in json.loads(Path(__file__).with_name("cases.json").read_text())["cases"]
}
RAW = ROOT / "tests" / "fixtures" / "local_lambda" / "raw"

_PEER = "another emulator's behaviour, not AWS's"
# Named by the terminal, which test_platform_cases.py reads.
LEFT_OUT = {
    "customer_managed_runtime": "left out, by name: an image that only AWS has",
    "web_function": "left out, by name: an HTTP server of its own, and no handler",
}
LISTED = {
    **LEFT_OUT,
    "deleted_alias_url": "aliases are not served: a template's URL is that of the function",
    "none_auth_without_resource_policy": "permissions are not modelled: SAM writes them for AuthType NONE",
    "peer_cargo_lambda_prelude_one_chunk": _PEER,
    "peer_cargo_lambda_sdk_stream": _PEER,
    "peer_rie_buffers_stream": _PEER,
    "stream_first_chunk_delay": "AWS holds small first chunks back; locally they are sent as written",
    "stream_in_vpc_function": "needs a VPC",
    "stream_json_content_type_first_write": "claimed by another emulator, unproven",
    "stream_prelude_then_empty_body": "reports disagree, AWS may hang; locally the response comes at once, "
    "with a warning",
}
# Run by a test of its own elsewhere.
ELSEWHERE = {
    "sdk_event_stream_frames": "tests/unit/local_lambda/test_eventstream.py",
    "stream_oversized": "tests/unit/local_lambda/test_throughput.py",
}

# The cases in which the URL decides, run in test_gate_cases.py.
GATE = {
    "cors_preflight",
    "cors_simple_request_duplicates",
    "cors_star_reflects_origin",
    "iam_unsigned_request",
    "init_failure_or_init_timeout",
    "invoke_throttled",
    "stream_bandwidth",
    "throttled_reserved_concurrency",
    "unknown_url_id",
    "unsupported_method",
}
# The cases of the API, run in test_api_cases.py.
API = {
    "buffered_response_too_large_invoke_layer",
    "invoke_handler_error",
    "invoke_timeout",
    "invoke_wrapper_not_found",
    "sdk_error_in_complete",
    "sdk_invoke_with_response_stream_path",
    "sdk_prelude_is_not_stripped",
    "sdk_stream_without_prelude",
}
# The cases of what is around a function, and of REST APIs, run in test_platform_cases.py.
PLATFORM = {
    "function_auto_publish_alias",
    "function_logging_config",
    "function_logging_config_text",
    "function_tenant_id",
    "function_timeout_1800",
    "function_timeout_5400_with_capacity_provider",
    "function_with_an_extension_gets_sigterm",
    "function_without_an_extension_gets_sigkill",
    "rest_api_header_names",
    "rest_api_no_content_length",
    "rest_api_repeated_query",
}
EVALUATED = [name for name, case in CASES.items() if "def handler" in case.get("handler_source", "")]
RETURNED = [name for name, case in CASES.items() if case.get("handler_source", "").startswith("return ")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    """A function for each case that has Python code, and the raw runtime for the streams."""
    root = tmp_path_factory.mktemp("cases")
    resources: dict[str, Any] = {}
    for name in [*EVALUATED, *RETURNED]:
        source = CASES[name]["handler_source"]
        if name in RETURNED:
            source = f"def handler(event, context):\n    {source}"
        resources[_logical_id(name)] = _function(root / name, source, "BUFFERED")
    echo = "def handler(event, context):\n    return {'statusCode': 200, 'body': event['rawPath']}"
    resources["Echo"] = _function(root / "echo", echo, "RESPONSE_STREAM")
    for name, timeout in (("Raw", 30), ("Short", 1)):
        resources[name] = _resource(RAW, "provided.al2023", "RESPONSE_STREAM", timeout)
    resources["RawBuffered"] = _resource(RAW, "provided.al2023", "BUFFERED", 1)
    template = root / "template.json"
    template.write_text(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}))
    with LocalLambda(template, ports=len(resources) + 1) as running:
        yield running


def _logical_id(name: str) -> str:
    return re.sub("[^a-zA-Z0-9]", "", name.title())


def _function(directory: Path, source: str, mode: str) -> dict[str, Any]:
    directory.mkdir()
    (directory / "app.py").write_text(source)
    return _resource(directory, "python3.11", mode, 30)


def _resource(code: Path, runtime: str, mode: str, timeout: int) -> dict[str, Any]:
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": runtime,
            "Handler": "app.handler",
            "CodeUri": str(code),
            "Timeout": timeout,
            "FunctionUrlConfig": {"AuthType": "NONE", "InvokeMode": mode},
        },
    }


def send(url: str, sent: dict[str, Any]) -> Answer:
    body = json.dumps(sent["json"]) if "json" in sent else sent.get("body")
    path = sent.get("path", "/") + (f"?{sent['query']}" if "query" in sent else "")
    return request(
        url, path, sent.get("method", "GET"), body.encode() if body else None, sent.get("headers", {})
    )


def check(case: dict[str, Any], answer: Answer) -> None:
    assert answer.status == case["expected_status"]
    for name, value in case["expected_headers"].items():
        if isinstance(value, list):
            assert answer.headers.get_all(name) == value
        elif value.startswith("<"):
            assert answer.headers[name]
        else:
            assert answer.headers[name] == value
    if case["expected_body"] is not None:
        assert answer.body == case["expected_body"].encode()


@pytest.mark.parametrize("name", [*EVALUATED, *RETURNED])
def test_a_handler(served: LocalLambda, name: str) -> None:
    answer = send(served.urls[_logical_id(name)], CASES[name]["request"])
    check(CASES[name], answer)
    request_id = answer.headers["x-amzn-RequestId"]
    for line in ("START", "END", "REPORT"):
        served.wait_for(f"{line} RequestId: {request_id}")


def _event(case: dict[str, Any]) -> dict[str, Any]:
    sent = case["request"]
    target = sent.get("path", "/") + (f"?{sent['query']}" if "query" in sent else "")
    headers = [(name.lower(), value) for name, value in sent.get("headers", {}).items()]
    made = HttpRequest(sent.get("method", "GET"), target, [("host", "h"), *headers], "192.0.2.1", 443)
    text = url_event(
        made,
        sent.get("body", "").encode(),
        UrlIdentity.of("f", "us-west-2"),
        request_id="an-id",
        trace_id="Root=1-643eccfb-4c9be61972302fa41111a443",
        epoch_ms=1681837307545,
    )
    document: dict[str, Any] = json.loads(text)
    return document


def event_get_domain_only() -> None:
    case = CASES["event_get_domain_only"]
    expected, event = case["expected_event"], _event(case)
    # Only a signature brings an authorizer; TLS and the client bring the other headers.
    del expected["requestContext"]["authorizer"]
    assert set(event) == set(expected)
    assert set(event["requestContext"]) == set(expected["requestContext"])
    for name in ("version", "routeKey", "rawPath", "rawQueryString", "isBase64Encoded"):
        assert event[name] == expected[name]
    for name in ("routeKey", "stage", "time", "timeEpoch"):
        assert event["requestContext"][name] == expected["requestContext"][name]
    own = {name for name in expected["headers"] if name.startswith("x-forwarded")}
    assert own | {"host", "x-amzn-trace-id"} == set(event["headers"])


def event_post_json_headers_cookies() -> None:
    case = CASES["event_post_json_headers_cookies"]
    event = _event(case)
    for name, value in case["expected_event"].items():
        key, _, inner = name.partition(".")
        assert (event[key][inner] if inner else event[key]) == value


def event_text_plain_is_text() -> None:
    case = CASES["event_text_plain_is_text"]
    assert case["expected_event"].items() <= _event(case).items()


def event_is_base64_rule_by_content_type() -> None:
    rule = CASES["event_is_base64_rule_by_content_type"]["expected_event"]
    for content_type in [
        *rule["text"],
        "application/x-www-form-urlencoded",
        "idk",
        "multipart/form-data; x=y",
    ]:
        sent = {"body": "x", "headers": {"Content-Type": content_type.replace("*", "html")}}
        assert _event({"request": sent})["isBase64Encoded"] is (content_type not in rule["text"])
    assert _event({"request": {"body": "x"}})["isBase64Encoded"] is True
    encoded = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}
    assert _event({"request": {"body": "x", "headers": encoded}})["isBase64Encoded"] is True


def event_auth_none_browser_get() -> None:
    expected, event = CASES["event_auth_none_browser_get"]["expected_event"], _event({"request": {}})
    assert event["requestContext"]["accountId"] == expected["requestContext.accountId"]
    for name in expected["keys_absent"]:
        key, _, inner = name.partition(".")
        assert inner not in event[key] if inner else key not in event


def event_valid_escapes() -> None:
    case = CASES["event_valid_escapes"]
    for path, (raw, decoded) in case["expected_event"]["paths"].items():
        event = _event({"request": {"path": path}})
        assert (event["rawPath"], event["requestContext"]["http"]["path"]) == (raw, decoded)
    event = _event(case)
    for name in ("rawQueryString", "queryStringParameters"):
        assert event[name] == case["expected_event"][name]


def event_header_sent_twice() -> None:
    made = HttpRequest("GET", "/", [("x-probe", "first"), ("x-probe", "second")], "192.0.2.1", 443)
    url = UrlIdentity.of("f", "us-west-2")
    event = json.loads(url_event(made, b"", url, request_id="an-id", trace_id="Root=1", epoch_ms=0))
    expected = CASES["event_header_sent_twice"]["expected_event"]
    assert event["headers"]["x-probe"] == expected["headers.x-probe"]


def event_through_cloudfront() -> None:
    headers = {"X-Forwarded-For": "203.0.113.7", "Via": "2.0 xxx.cloudfront.net (CloudFront)"}
    event = _event({"request": {"headers": headers}})
    assert event["requestContext"]["http"]["sourceIp"] == "192.0.2.1"
    assert event["headers"]["x-forwarded-for"] == "203.0.113.7"
    assert event["headers"]["via"] == headers["Via"]


EVENTS: list[Callable[[], None]] = [
    event_get_domain_only,
    event_post_json_headers_cookies,
    event_text_plain_is_text,
    event_is_base64_rule_by_content_type,
    event_auth_none_browser_get,
    event_through_cloudfront,
    event_valid_escapes,
    event_header_sent_twice,
]


@pytest.mark.parametrize("run", EVENTS, ids=lambda run: run.__name__)
def test_an_event(run: Callable[[], None]) -> None:
    run()


NODE = (
    '{"status":200,"headers":{"Content-Type":"text/html","Cache-Control":"no-cache"}}%00%00%00%00%00%00%00%00'
)
# Name of the case → function and path of the raw runtime, then what the client has to see.
STREAMS: dict[str, tuple[str, str, int, dict[str, str | None], bytes | None, bool]] = {
    "stream_node_from_prelude": (
        "Raw",
        "/prelude-text?text=" + NODE.replace("%", "%25").replace('"', "%22") + "Hello,%2520world!",
        200,
        {"Content-Type": "text/html", "Cache-Control": "no-cache"},
        b"Hello, world!",
        True,
    ),
    "stream_url_with_buffered_handler": (
        "Echo",
        "/custom_path/extend?test_param=test_value",
        200,
        {},
        b'{"statusCode": 200, "body": "/custom_path/extend"}',
        True,
    ),
    "stream_no_prelude": (
        "Raw",
        "/untyped",
        200,
        {"Content-Type": "application/octet-stream"},
        b"bytes",
        True,
    ),
    "stream_prelude_default_content_type": (
        "Raw",
        "/odd-cuts?size=100",
        201,
        {"Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"},
        b"\0\0body\0\0",
        True,
    ),
    "stream_empty_no_write": ("Raw", "/nothing", 200, {"Transfer-Encoding": "chunked"}, b"", True),
    "content_length_set_by_handler_is_remapped": (
        "Raw",
        "/headers",
        200,
        {"x-amzn-remapped-content-length": "6", "Transfer-Encoding": "chunked"},
        b"hello\n",
        True,
    ),
    "www_authenticate_is_remapped": (
        "Raw",
        "/headers",
        200,
        {"x-amzn-Remapped-WWW-Authenticate": "6"},
        None,
        True,
    ),
    "date_connection_server_family_remapped": (
        "Raw",
        "/headers",
        200,
        {"x-amzn-remapped-date": "6", "x-amzn-remapped-connection": "6", "x-amzn-remapped-server": "6"},
        None,
        True,
    ),
    "stream_error_before_first_byte": ("Raw", "/error", 502, {}, b"Internal Server Error", True),
    "stream_error_after_first_byte_sandbox": ("Raw", "/error-after", 200, {}, b"before the error", True),
    "stream_error_in_trailers_is_a_clean_end": ("Raw", "/error-after", 200, {}, b"before the error", True),
    "stream_error_in_trailers_then_exit": ("Raw", "/error-then-exit", 200, {}, b"partial response", True),
    "stream_without_mode_header": (
        "Raw",
        "/go?n=2&gap=0&error=1",
        201,
        {"Transfer-Encoding": "chunked"},
        b"piece 0\npiece 1\n",
        True,
    ),
    "stream_of_a_buffered_runtime_over_6_mib": (
        "Raw",
        "/buffered?size=7000000",
        200,
        {"Transfer-Encoding": "chunked"},
        b'"' + b"x" * 6_999_998 + b'"',
        True,
    ),
    "stream_gzip_is_decompressed": (
        "Raw",
        "/gzip",
        200,
        {"Transfer-Encoding": "chunked", "Content-Encoding": None},
        b"decompressed by the URL\n",
        True,
    ),
    "remapped_header_sent_by_the_handler": (
        "Raw",
        "/headers?name=x-amzn-remapped-connection",
        500,
        {},
        b"Internal Server Error",
        True,
    ),
    "remapped_header_sent_by_a_buffered_handler": (
        "RawBuffered",
        "/headers?name=x-amzn-remapped-content-length",
        500,
        {},
        b"Internal Server Error",
        True,
    ),
    "connection_set_by_handler_is_remapped": (
        "Raw",
        "/headers",
        200,
        {"x-amzn-Remapped-connection": "6", "Connection": "keep-alive"},
        None,
        True,
    ),
    "stream_timeout_midway_sandbox": ("Short", "/sleep?after=10", 200, {}, b"x" * 10, False),
    "stream_truncated_by_runtime": ("Raw", "/truncated", 200, {}, b"half of", False),
    "stream_malformed_error_trailer": ("Raw", "/garbage", 200, {}, b"good", False),
    "stream_cut_seen_as_network_error": ("Raw", "/exit?after=10", 200, {}, b"x" * 10, False),
    "stream_invalid_response_mode_header": ("Raw", "/invalid-mode", 502, {}, b"Internal Server Error", True),
    "buffered_timeout": ("RawBuffered", "/sleep", 502, {}, b"Internal Server Error", True),
    "response_base64_body": (
        "RawBuffered",
        "/buffered?body=%257B%2522statusCode%2522:200,%2522isBase64Encoded%2522:true,%2522body%2522:%2522AAEC%2522,"
        "%2522headers%2522:%257B%2522Content-Type%2522:%2522application/octet-stream%2522%257D%257D",
        200,
        {"Content-Type": "application/octet-stream", "Content-Length": "3"},
        b"\0\1\2",
        True,
    ),
    "buffered_invalid_status_or_cookies": (
        "RawBuffered",
        "/buffered?body=%257B%2522statusCode%2522:%2522ok%2522%257D",
        500,
        {"Content-Type": "application/json", "x-amzn-ErrorType": "InternalFailure"},
        b'{"message":null}',
        True,
    ),
    "cors_no_config_options_reaches_function": ("Echo", "/x", 200, {}, None, True),
    "stream_client_disconnect": ("Raw", "/lines?n=1&gap=0", 200, {}, b"line 0\n", True),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream(served: LocalLambda, name: str) -> None:
    function, path, status, headers, body, complete = STREAMS[name]
    method = "OPTIONS" if name == "cors_no_config_options_reaches_function" else "GET"
    answer = request(served.urls[function], path, method)
    assert (answer.status, answer.complete) == (status, complete)
    for header, value in headers.items():
        assert answer.headers[header] == value
    if body is not None:
        assert answer.body == body


def test_request_too_large(served: LocalLambda) -> None:
    answer = request(served.urls["RawBuffered"], "/", "POST", bytes(6_500_000))
    assert answer.status == CASES["request_too_large"]["expected_status"]


PASSED = {
    *(*EVALUATED, *RETURNED, *STREAMS, "request_too_large", *API, *GATE, *PLATFORM, *ELSEWHERE),
    *(event.__name__ for event in EVENTS),
}


def test_no_case_is_absent() -> None:
    run = PASSED
    assert run & set(LISTED) == set()
    assert run | set(LISTED) == set(CASES)
