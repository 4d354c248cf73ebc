"""Events: JSON in, and what is not JSON."""

from tests.conformance.awslambdaric.case import Call, Case, events

VALID = (
    b"{}", b"[]", b"null", b"true", b"false", b"0", b"-0", b"-0.0", b"1.5", b"1E400", b"-1e400", b"1e-400",
    b"12345678901234567890123456789", b"0.1000000000000000055511151231257827", b'""', b'"text"',
    b' \t\r\n{"a": 1} \n', b'{"a": {"b": [1, 2, {"c": null}]}, "a": "twice"}',
    b'"\\u00e9\\n\\/\\ud83d\\ude00"', "\"é 😀 \u2028\"".encode(), b'"\\ud800"', b'"\\udc00\\ud800"',
    b'"\\ud83d\\u0041"', b"\xef\xbb\xbf{}", b'{"": 0}', b'{"statusCode": 200}', b'"' + b"x" * 70000 + b'"',
    b"[" * 500 + b"]" * 500, b"1" * 4300,
)  # fmt: skip

INVALID = (
    b"", b" ", b"{", b"[", b"[1,]", b'{"a":1,}', b'{"a" 1}', b'{"a":}', b"{1: 2}", b"{'a': 1}", b"1 2",
    b"nul", b"Null", b"NaN", b"Infinity", b"-Infinity", b"[NaN]", b"01", b"1.", b".5", b"+1", b"-", b"0x10",
    b'"abc', b'"a\nb"', b'"a\x00b"', b'"\\x41"', b'"\\u12"', b'"\\u12g4"', b'"\xff"', b"\xff\xfe{\x00}\x00",
    b'"\xed\xa0\x80"', b"// comment\n1", b"\xef\xbb\xbf", b" \xef\xbb\xbf{}", b"[1 2]", b'{"a":1 "b":2}',
    b"\x0b1", b"1" * 4301, b"[" * 100000 + b"]" * 100000, b"1e", b"undefined",
)  # fmt: skip

ECHO = "def handler(event, context):\n    return [type(event).__name__, ascii(event)]\n"


def typed(content_type: str, body: bytes = b'{"a": 1}') -> Call:
    return Call(content_type, event=body, headers={"Content-Type": content_type})


CASES = [
    events("events: valid", *VALID),
    events("events: invalid", *INVALID),
    Case(
        "events: content types",
        ECHO,
        (
            typed("application/json"),
            typed("application/json; charset=utf-8"),
            typed("Application/JSON"),
            typed("text/plain", b"\xff\x00 not text"),
            typed("application/octet-stream", b""),
            typed("application/vnd.custom+json"),
        ),
    ),
    Case("events: without a content type", ECHO, (Call(event=b'{"a": 1}', headers={"Content-Type": None}),)),
    Case(
        "events: changed by the handler",
        "def handler(event, context):\n    event.setdefault('seen', []).append(1)\n    return event",
        (Call("first"), Call("second")),
    ),
    Case(
        "events: invalid, on the log in JSON",
        ECHO,
        (Call(event=b"{"),),
        environment={"AWS_LAMBDA_LOG_FORMAT": "JSON"},
    ),
]
