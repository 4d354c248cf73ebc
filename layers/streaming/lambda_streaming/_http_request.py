"""The HTTP request in an event, for the adapters: payload format 2.0 (function URLs) and 1.0 (REST APIs).

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html (request payload format)
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import binascii
from urllib.parse import quote, unquote_to_bytes, urlencode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

# A body of these statuses, and of any response to HEAD, does not exist: RFC 9110, section 6.4.1.
_BODILESS = (204, 304)
# A streamed response is chunked: on a function URL these would come out renamed (x-amzn-remapped-...).
_FRAMING = ("connection", "content-length", "transfer-encoding")


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
        self.scheme = fields.get("x-forwarded-proto", "https")
        default_port = fields.get("x-forwarded-port") or ("443" if self.scheme == "https" else "80")
        self.server = _host_and_port(fields.get("host", ""), default_port)

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
        self.headers = [(name.lower(), str(value)) for name, values in multi.items() for value in values]
        single = event.get("queryStringParameters") or {}
        # Decoded by API Gateway: encoded anew.
        self.query = urlencode(event.get("multiValueQueryStringParameters") or single, doseq=True)
        self.client = (context.get("identity") or {}).get("sourceIp") or ""
        path = quote(event.get("path") or "/", safe="/%:@!$&'()*+,;=~-._")
        full = quote(context.get("path") or path, safe="/%:@!$&'()*+,;=~-._")
        self.root_path = full[: -len(path)] if full.endswith(path) else ""
        self.path = full if self.root_path else path

    @property
    def decoded_path(self) -> bytes:
        """The path with its percent-encoded bytes decoded."""
        return unquote_to_bytes(self.path)

    def response_metadata(self, status: int, headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """Return the metadata of a response to this request; every Set-Cookie becomes a cookie.

        A name that comes more than once is joined by commas for a function URL, and stays apart in
        ``multiValueHeaders`` for API Gateway.
        """
        fields: dict[str, list[str]] = {}
        for name, value in headers:
            fields.setdefault(name.lower(), []).append(value)
        metadata: dict[str, Any] = {"statusCode": status}
        if cookies := fields.pop("set-cookie", None):
            metadata["cookies"] = cookies
        if self.payload == "2.0":
            for name in _FRAMING:
                fields.pop(name, None)
        else:
            repeated = {name: values for name, values in fields.items() if len(values) > 1}
            if repeated:
                metadata["multiValueHeaders"] = repeated
                fields = {name: values for name, values in fields.items() if name not in repeated}
        metadata["headers"] = {name: ", ".join(values) for name, values in fields.items()}
        return metadata

    def response_has_body(self, status: int) -> bool:
        """Tell whether a response of this status to this request may have a body."""
        return self.method != "HEAD" and status not in _BODILESS


def _host_and_port(authority: str, default_port: str) -> tuple[str, int]:
    host, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):  # the colons are those of an IPv6 address
        host, port = authority, ""
    port = port or default_port
    return host, int(port) if port.isdecimal() else 0


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    return binascii.a2b_base64(body) if event.get("isBase64Encoded") else body.encode("utf-8")
