"""Every question, in the order of the table; here are those about streams, their ends and their headers."""

from __future__ import annotations

import base64
import gzip
import zlib

from tools.record.question import INTEGRATION, Question, Steps
from tools.record.url_questions import CORS, REQUESTS, RESULTS

_OK = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}
_TEXT: Steps = [["prelude", _OK], ["write", "text"], ["end"]]
_COMPRESSED = {
    "gzip": gzip.compress(b"a text", mtime=0),
    "deflate": zlib.compress(b"a text"),
    "br": b"\x0b\x02\x80a text\x03",
    "identity": b"a text",
}


def _encoded(encoding: str) -> Steps:
    head = {"statusCode": 200, "headers": {"Content-Encoding": encoding}}
    return [["prelude", head], ["base64", base64.b64encode(_COMPRESSED[encoding]).decode()], ["end"]]


def _slow(steps: Steps) -> Steps:
    return [*steps, ["write", "first\n"], ["wait", 3], ["write", "second\n"], ["end"]]


def _empty(status: int) -> Steps:
    head = {"statusCode": status, "headers": {"Location": "/there"}}
    return [["prelude", head], ["wait", 3], ["end"]]


ENDS = [
    Question(
        name="end_error_in_trailers",
        asks="an error told in the trailers, after some bytes: how does the body end?",
        do=[["open", "text/plain"], ["write", "some"], ["wait", 0.3], ["fail"]],
    ),
    Question(
        name="end_error_in_trailers_then_exit",
        asks="the same, and then the process exits",
        do=[["open", "text/plain"], ["write", "some"], ["fail", True]],
    ),
    Question(
        name="end_error_in_trailers_before_a_byte",
        asks="an error in the trailers of a stream without a byte",
        do=[["open", INTEGRATION], ["fail"]],
    ),
    Question(
        name="end_error_in_trailers_after_the_prelude",
        asks="an error in the trailers behind a prelude without a body",
        do=[["prelude", _OK], ["wait", 0.3], ["fail"]],
    ),
    Question(
        name="end_undeclared_trailers",
        asks="an error in trailers that the head does not declare",
        do=[["open", "text/plain", True, False], ["write", "some"], ["fail"]],
    ),
    Question(
        name="end_exit",
        asks="the process exits within the stream: how does the body end?",
        do=[["open", "text/plain"], ["write", "some"], ["wait", 0.3], ["exit"]],
    ),
    Question(
        name="end_connection_dropped",
        asks="the runtime drops its connection within the stream",
        do=[["open", "text/plain"], ["write", "some"], ["wait", 0.3], ["drop"]],
    ),
    Question(
        name="end_timeout",
        asks="the function times out within the stream",
        url="Short",
        do=[["open", "text/plain"], ["write", "some"], ["wait", 30]],
    ),
    Question(
        name="end_timeout_before_a_byte",
        asks="the function times out before its first byte",
        url="Short",
        do=[["wait", 30]],
    ),
    Question(
        name="end_over_200_mb",
        asks="a stream of 201 MiB",
        do=[["open", "text/plain"], ["many", 201], ["end"]],
        long=True,
    ),
]
STREAMS = [
    Question(
        name="stream_first_line",
        asks="does the first line come before the second? (behind a prelude)",
        do=_slow([["prelude", _OK]]),
        compare_times=True,
    ),
    Question(
        name="stream_first_line_in_the_prelude_s_chunk",
        asks="and with the first line in the prelude's own chunk?",
        do=[["prelude", _OK, "first\n"], ["wait", 3], ["write", "second\n"], ["end"]],
        compare_times=True,
    ),
    Question(
        name="stream_first_line_without_prelude",
        asks="and without a prelude?",
        do=_slow([["open", "text/plain"]]),
        compare_times=True,
    ),
    Question(
        name="stream_without_mode_header",
        asks="and by a runtime that does not say that it streams (as AWS's Go runtime)?",
        do=_slow([["open", "text/plain", False]]),
        compare_times=True,
    ),
    Question(
        name="stream_of_a_buffered_reply_over_6_mib",
        asks="a buffered reply of 7 MB to a RESPONSE_STREAM URL",
        do=[["large", 7_000_000]],
    ),
    *(
        Question(
            name=f"stream_empty_body_{status}",
            asks=f"a prelude of status {status}, then nothing for 3 s: when does the client have its answer?",
            do=_empty(status),
            compare_times=True,
        )
        for status in (200, 204, 302)
    ),
    Question(name="stream_nothing", asks="a stream without a byte", do=[["open", INTEGRATION], ["end"]]),
    Question(
        name="stream_invalid_prelude",
        asks="a prelude that is no JSON",
        do=[["open", INTEGRATION], ["write", "no prelude" + "\0" * 8 + "body"], ["end"]],
    ),
    Question(
        name="stream_unfinished_prelude",
        asks="a stream that ends within its prelude",
        do=[["open", INTEGRATION], ["write", '{"statusCode": 200}'], ["end"]],
    ),
    Question(
        name="stream_long_prelude",
        asks="a prelude of 20 KB",
        do=[
            [
                "prelude",
                {
                    "statusCode": 200,
                    "headers": {f"x-{n}": "y" * 1000 for n in range(4)},
                    "other": "z" * 16_000,
                },
                "b",
            ],
            ["end"],
        ],
    ),
    Question(
        name="stream_multi_value_headers",
        asks="multiValueHeaders in a prelude",
        do=[["prelude", {"statusCode": 200, "multiValueHeaders": {"x-many": ["1", "2"]}}, "b"], ["end"]],
    ),
    *(
        Question(
            name=f"stream_content_encoding_{encoding}",
            asks=f"Content-Encoding: {encoding} on a stream",
            do=_encoded(encoding),
        )
        for encoding in _COMPRESSED
    ),
]
HEADERS = [
    *(
        Question(
            name=f"header_{name.lower().replace('-', '_')}",
            asks=f"the function sends {name}: under which name does it arrive?",
            do=[["prelude", {"statusCode": 200, "headers": {name: value}}, "b"], ["end"]],
        )
        for name, value in (
            ("Connection", "close"),
            ("Content-Length", "1"),
            ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
            ("Expect", "x"),
            ("Host", "x"),
            ("Keep-Alive", "x"),
            ("Max-Forwards", "1"),
            ("Proxy-Authenticate", "Basic"),
            ("Server", "x"),
            ("TE", "trailers"),
            ("Trailer", "x"),
            ("Transfer-Encoding", "chunked"),
            ("Upgrade", "x"),
            ("Via", "1.1 x"),
            ("WWW-Authenticate", "Basic"),
            ("X-Amzn-RequestId", "mine"),
            ("X-Amzn-Trace-Id", "mine"),
            ("x-amzn-remapped-connection", "x"),
            ("x-amzn-remapped-content-length", "1"),
            ("X-MiXeD-CaSe", "as written"),
            ("x-unicode", "λ"),
        )
    ),
    Question(
        name="header_trace_of_the_client",
        asks="the client sends X-Amzn-Trace-Id",
        headers=[("X-Amzn-Trace-Id", "Root=1-643eccfb-4c9be61972302fa41111a443")],
        do=_TEXT,
    ),
]
QUESTIONS = [*ENDS, *STREAMS, *HEADERS, *RESULTS, *REQUESTS, *CORS]
