"""The prelude of a streamed HTTP response: metadata as JSON, then eight NUL bytes, then the body.

https://docs.aws.amazon.com/lambda/latest/dg/response-streaming-tutorial.html (HttpResponseStream.from)
https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

from __future__ import annotations

from lambda_streaming import _json_codec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

INTEGRATION_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response"
SEPARATOR = b"\0" * 8

# The only keys that a function URL applies and that API Gateway accepts.
KEYS = ("statusCode", "headers", "multiValueHeaders", "cookies")

# Headers of the connection (RFC 9110, section 7.6.1), or AWS's own: a function URL sends those of a function
# under other names.
OF_THE_CONNECTION = ("connection", "date", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade")

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
# What a header's value may not hold: the control characters, but for the tab (RFC 9110, section 5.5).
_CONTROL = frozenset(map(chr, (*range(9), *range(10, 32), 127)))


def unknown_keys(metadata: Mapping[str, object]) -> list[str]:
    """Return the keys of ``metadata`` that Lambda would pass over, in their order."""
    return [str(key) for key in metadata if key not in KEYS]


def encode(metadata: Mapping[str, object]) -> bytes:
    """Return the prelude for ``metadata``, separator included.

    ``statusCode`` is a whole number from 200 to 599 (200 when absent; digits in a string will do, as on a
    buffered function URL), ``headers`` maps names to values, ``multiValueHeaders`` names to lists of values,
    ``cookies`` is a list of Set-Cookie values. Other keys are left out. Raises TypeError or ValueError, with
    what was expected, for anything that could not become an HTTP response.
    """
    document: dict[str, object] = {"statusCode": status_code(metadata.get("statusCode", 200))}
    headers = metadata.get("headers")
    if headers is not None:
        pairs = _mapping("headers", headers).items()
        document["headers"] = {header_name(k): header_value(k, v) for k, v in pairs}
    multi = metadata.get("multiValueHeaders")
    if multi is not None:
        document["multiValueHeaders"] = {
            header_name(k): [header_value(k, item) for item in _list(f"multiValueHeaders[{k!r}]", v)]
            for k, v in _mapping("multiValueHeaders", multi).items()
        }
    cookies = metadata.get("cookies")
    if cookies is not None:
        document["cookies"] = [header_value("cookies", cookie) for cookie in _list("cookies", cookies)]
    return _json_codec.dumps_ascii(document).encode("ascii") + SEPARATOR


def status_code(status: object) -> int:
    """Return ``status`` as the number of a final response. Raises TypeError or ValueError for any other."""
    number = status
    if isinstance(status, str) and status.isascii() and status.isdecimal():
        number = int(status) if len(status) == 3 else 0
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"statusCode must be an int, got {status!r}")
    if not 200 <= number <= 599:  # 1xx are interim responses, and no final one: RFC 9110, section 15.2
        raise ValueError(f"statusCode must be from 200 to 599, got {status!r}")
    return int(number)


def _mapping(name: str, value: object) -> Mapping[object, object]:
    if isinstance(value, dict):
        return value
    if hasattr(value, "items"):  # any other mapping, without importing collections.abc to ask
        return dict(value.items())
    raise TypeError(f"{name} must be a dict, got {type(value).__name__}")


def _list(name: str, value: object) -> list[object]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{name} must be a list of strings, got {type(value).__name__}")
    return list(value)


def header_name(name: object) -> str:
    """Return ``name`` if it is one. Raises TypeError or ValueError."""
    if not isinstance(name, str):
        raise TypeError(f"a header name must be a str, got {type(name).__name__}")
    if not name or not _TOKEN.issuperset(name):
        raise ValueError(f"{name!r} is not a valid header name")
    return name


def header_value(name: object, value: object) -> str:
    """Return ``value``, of the header ``name``, as text. Raises TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise TypeError(f"the value of {name!r} must be a str, got {type(value).__name__}")
    text = str(value)
    if not _CONTROL.isdisjoint(text):
        raise ValueError(f"the value of {name!r} must not have a line break or control character: {text!r}")
    return text
