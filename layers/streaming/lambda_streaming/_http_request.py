"""The HTTP request in an event, for the adapters: payload format 2.0 (function URLs) and 1.0 (REST APIs).

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (request payload format)
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import binascii
from urllib.parse import quote, unquote_to_bytes, urlencode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_MAX_PORT = 65535
_MAX_DIGITS = 20  # zeros may come first; int() refuses thousands of digits
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"


class HttpRequest:
    """An HTTP request.

    ``path`` has no query and is not decoded; ``root_path`` is what an API stage adds to it. ``headers``
    are pairs, named in lower case; ``client`` is the caller's IP address, ``server`` host and port.
    """

    def __init__(self, event: Mapping[str, Any]) -> None:
        """Raises ValueError for an event that is not of an HTTP request."""
        if event.get("version") == "2.0":
            self._from_payload_2(event)
        elif "httpMethod" in event:
            self._from_payload_1(event)
        else:
            raise ValueError(
                "the event is not of an HTTP request: expected payload format 2.0 (a function URL) or 1.0"
            )
        self.body = _body(event)
        fields = dict(self.headers)
        self.scheme = _scheme(fields.get("x-forwarded-proto", ""))
        forwarded_port = _port(fields.get("x-forwarded-port", ""))
        usual_port = 443 if self.scheme == "https" else 80
        host, port = _host_and_port(fields.get("host", ""))
        name = host or (event.get("requestContext") or {}).get("domainName") or "localhost"
        self.server = (name, port or forwarded_port or usual_port)

    def _from_payload_2(self, event: Mapping[str, Any]) -> None:
        context = event["requestContext"]
        self.payload = "2.0"
        self.method: str = context["http"]["method"]
        self.path: str = event["rawPath"]
        self.query: str = event.get("rawQueryString", "")
        self.client: str = context["http"].get("sourceIp", "")
        self.headers = [(name.lower(), str(value)) for name, value in event.get("headers", {}).items()]
        if event.get("cookies") and not any(name == "cookie" for name, _ in self.headers):
            self.headers.append(("cookie", "; ".join(event["cookies"])))
        stage = context.get("stage", "$default")  # which is in no path
        prefix = "" if stage == "$default" else f"/{stage}"
        self.root_path = prefix if f"{self.path}/".startswith(f"{prefix}/") else ""

    def _from_payload_1(self, event: Mapping[str, Any]) -> None:
        context = event.get("requestContext") or {}
        self.payload = "1.0"
        self.method = event["httpMethod"]
        multi = event.get("multiValueHeaders") or {k: [v] for k, v in (event.get("headers") or {}).items()}
        fields: dict[str, list[str]] = {}
        for name, values in multi.items():
            fields.setdefault(name.lower(), []).extend(map(str, values))
        if cookies := fields.get("cookie"):  # one header, whatever HTTP/2 made of it
            fields["cookie"] = ["; ".join(cookies)]
        self.headers = [(name, value) for name, values in fields.items() for value in values]
        single = event.get("queryStringParameters") or {}
        # Decoded by API Gateway: encoded anew.
        self.query = urlencode(event.get("multiValueQueryStringParameters") or single, doseq=True)
        self.client = (context.get("identity") or {}).get("sourceIp") or ""
        path = quote(event.get("path") or "/", safe=_PATH_SAFE)
        self.root_path = _root_path(path, quote(context.get("path") or path, safe=_PATH_SAFE))
        self.path = self.root_path + path

    @property
    def decoded_path(self) -> bytes:
        """The path with its percent-encoded bytes decoded."""
        return unquote_to_bytes(self.path)


def text_of(value: bytes) -> str:
    """Return the text of a header's bytes, as it is in an event or in a prelude: UTF-8, or else Latin-1.

    So bytes of UTF-8, which is what programs send, come out of either end as they went in.
    """
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def bytes_of(text: str) -> bytes:
    """Return the bytes of a header's text in an event."""
    return text.encode("utf-8", "replace")  # JSON can hold half of a surrogate pair


def _root_path(path: str, full: str) -> str:
    """Return what ``full``, the path that was asked for, has ahead of ``path``, which the stage is not in."""
    if full.endswith(path):
        return full[: -len(path)]
    return full if path == "/" else ""  # a stage that was asked for without a slash


def _scheme(forwarded: str) -> str:
    """Return http or https: what the first of several proxies was spoken to in."""
    scheme = forwarded.partition(",")[0].strip().lower()
    return scheme if scheme in ("http", "https") else "https"


def _host_and_port(authority: str) -> tuple[str, int]:
    """Return host and port, 0 where there is none."""
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):  # the colons are those of an IPv6 address
        return authority, 0
    return host, _port(port)


def _port(text: str) -> int:
    """Return a port, 0 for what is none: frameworks raise for what is out of range."""
    port = int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else 0
    return port if port <= _MAX_PORT else 0


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        return binascii.a2b_base64(body)
    encoded: bytes = body.encode("utf-8", "surrogatepass")
    return encoded
