"""Questions about the URL itself: what it makes of results and requests, and of Cors."""

from __future__ import annotations

from tools.record.question import Question, Steps

_TEXT: Steps = [
    ["prelude", {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}],
    ["write", "text"],
    ["end"],
]
_ORIGIN, _OTHER = ("Origin", "https://allowed.example"), ("Origin", "https://other.example")
_ASKS_FOR_PUT = ("Access-Control-Request-Method", "PUT")
RESULTS = [
    Question(name=f"result_{name}", asks=f"a BUFFERED URL: {asks}", url="Buffered", do=[["result", result]])
    for name, asks, result in (
        ("status_alone", '{"statusCode": 200} alone', {"statusCode": 200}),
        ("none", "None", None),
        ("string_status", "a statusCode that is no number", {"statusCode": "ok"}),
        ("status_99", "a statusCode of 99", {"statusCode": 99}),
        ("bad_header", "a header whose value is an object", {"statusCode": 200, "headers": {"a": {"b": 1}}}),
        ("bad_cookies", "cookies that are no list", {"statusCode": 200, "cookies": "a=1"}),
        ("object_body", "a body that is an object", {"statusCode": 200, "body": {"a": 1}}),
        ("bad_base64", "a body that is no base64", {"statusCode": 200, "isBase64Encoded": True, "body": "%"}),
        (
            "remapped",
            "x-amzn-remapped-connection",
            {"statusCode": 200, "headers": {"x-amzn-remapped-connection": "x"}},
        ),
    )
] + [
    Question(
        name="result_no_json",
        asks="a BUFFERED URL: a reply that is no JSON",
        url="Buffered",
        do=[["text", "plain", "text/plain"]],
    ),
    Question(
        name="result_over_6_mib",
        asks="a BUFFERED URL: a reply of 7 MB",
        url="Buffered",
        do=[["large", 7_000_000]],
    ),
    Question(
        name="result_error", asks="the 502 of a BUFFERED URL: its headers", url="Buffered", do=[["error"]]
    ),
    Question(name="stream_error", asks="the 502 of a RESPONSE_STREAM URL: its headers", do=[["error"]]),
]
REQUESTS = [
    Question(
        name="request_413",
        asks="a request of 6.5 MB: the body of the 413",
        url="Buffered",
        method="POST",
        headers=[("Content-Type", "text/plain")],
        body=b"x" * 6_500_000,
        do=_TEXT,
    ),
    Question(
        name="request_413_with_cors",
        asks="the same, where the URL has Cors",
        url="Cors",
        method="POST",
        headers=[("Content-Type", "text/plain"), _ORIGIN],
        body=b"x" * 6_500_000,
    ),
    Question(name="request_head", asks="HEAD, a RESPONSE_STREAM URL", method="HEAD", do=_TEXT),
    Question(
        name="request_head_buffered",
        asks="HEAD, a BUFFERED URL",
        url="Buffered",
        method="HEAD",
        do=[["result", "text"]],
    ),
    *(
        Question(name=f"request_{method.lower()}", asks=f"the method {method}", method=method, do=_TEXT)
        for method in ("TRACE", "PROPFIND", "QUERY")
    ),
    Question(
        name="request_other_url_s_host",
        asks="the Host of another function URL",
        headers=[("Host", "a" * 32 + ".lambda-url.us-east-1.on.aws")],
        do=_TEXT,
    ),
    Question(
        name="request_foreign_host",
        asks="a Host that is none of a function URL",
        headers=[("Host", "www.example")],
        do=_TEXT,
    ),
    Question(
        name="request_escapes",
        asks="a path with escapes, valid and not",
        path="/a%20b/%2F/%C3%A4/%zz",
        do=[["event", "rawPath", "requestContext.http.path"]],
    ),
    Question(
        name="request_doubled_header",
        asks="a header sent twice",
        headers=[("X-Two", "1"), ("x-two", "2")],
        do=[["event", "headers.x-two"]],
    ),
    Question(
        name="request_encoded_body",
        asks="a text body with Content-Encoding: is it base64?",
        method="POST",
        headers=[("Content-Type", "text/plain"), ("Content-Encoding", "gzip")],
        body=b"text",
        do=[["event", "isBase64Encoded", "body"]],
    ),
    Question(
        name="request_invalid_utf_8",
        asks="a text body that is no UTF-8",
        method="POST",
        headers=[("Content-Type", "text/plain")],
        body=b"\xff",
        do=[["event", "isBase64Encoded", "body"]],
    ),
    Question(name="request_unsigned", asks="a request without a signature, AuthType AWS_IAM", url="Signed"),
]
CORS = [
    Question(
        name="cors_preflight",
        asks="a preflight that is allowed: status and headers",
        url="Cors",
        method="OPTIONS",
        headers=[_ORIGIN, _ASKS_FOR_PUT],
    ),
    Question(
        name="cors_preflight_other_origin",
        asks="a preflight of an origin that is not allowed",
        url="Cors",
        method="OPTIONS",
        headers=[_OTHER, _ASKS_FOR_PUT],
    ),
    Question(
        name="cors_preflight_other_method",
        asks="a preflight for a method that is not allowed",
        url="Cors",
        method="OPTIONS",
        headers=[_ORIGIN, ("Access-Control-Request-Method", "DELETE")],
    ),
    Question(
        name="cors_preflight_of_all",
        asks="a preflight, where everything is *",
        url="CorsOfAll",
        method="OPTIONS",
        headers=[_OTHER, _ASKS_FOR_PUT],
    ),
    Question(
        name="cors_preflight_signed",
        asks="a preflight to a URL of AuthType AWS_IAM",
        url="Signed",
        method="OPTIONS",
        headers=[_ORIGIN, ("Access-Control-Request-Method", "GET")],
    ),
    Question(
        name="cors_options_without_origin",
        asks="OPTIONS without an Origin, where the URL has Cors",
        url="Cors",
        method="OPTIONS",
        do=_TEXT,
    ),
    Question(
        name="cors_options_without_method",
        asks="OPTIONS with an Origin alone",
        url="Cors",
        method="OPTIONS",
        headers=[_ORIGIN],
        do=_TEXT,
    ),
    Question(
        name="cors_request", asks="a request of an allowed origin", url="Cors", headers=[_ORIGIN], do=_TEXT
    ),
    Question(
        name="cors_request_other_origin",
        asks="a request of an origin that is not allowed",
        url="Cors",
        headers=[_OTHER],
        do=_TEXT,
    ),
    Question(
        name="cors_request_of_all",
        asks='AllowOrigins "*": what is sent?',
        url="CorsOfAll",
        headers=[_OTHER],
        do=_TEXT,
    ),
    Question(
        name="cors_doubled",
        asks="CORS headers of the function, too",
        url="Cors",
        headers=[_ORIGIN],
        do=[["prelude", {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}, "b"], ["end"]],
    ),
    Question(
        name="cors_of_a_502", asks="CORS headers of a 502", url="Cors", headers=[_ORIGIN], do=[["error"]]
    ),
]
