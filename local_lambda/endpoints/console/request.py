"""What the page asks to be sent → the request as the endpoint sees it.

Nothing of the browser's own request to the console is in it: it is the request that was typed, at the URL's
own host and port.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, urlsplit

from local_lambda.endpoints.console.errors import InvalidConsoleRequest
from local_lambda.endpoints.console.network import NETWORKS, Network
from local_lambda.http.message import Headers, HttpRequest

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FORBIDDEN_IN_VALUES = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# The console frames the request, and says how long it is.
_COMPUTED = {"content-length", "transfer-encoding"}
# What a target may hold besides letters, digits and escapes (RFC 3986).
_TARGET = "%/?:@!$&'()*+,;=-._~[]"


@dataclass(frozen=True)
class ConsoleRequest:
    """A request of the page: to a URL or REST API, or an event for a function."""

    name: str
    """The logical id."""
    event: bool
    """Whether ``body`` is an event for the Lambda API, and not the body of an HTTP request."""
    method: str
    target: str
    headers: Headers
    body: bytes
    sign: bool
    network: Network | None

    @classmethod
    def of(cls, text: bytes) -> Self:
        """Read the page's JSON. Raises InvalidConsoleRequest."""
        try:
            document = json.loads(text)
            path = str(document["path"])
            return cls(
                name=str(document["name"]),
                event=bool(document.get("event")),
                method=_method(document.get("method", "GET")),
                target=quote(path if path.startswith("/") else f"/{path}", safe=_TARGET),
                headers=_headers(document.get("headers", [])),
                body=str(document.get("body", "")).encode(),
                sign=bool(document.get("sign")),
                network=_network(document.get("network") or None),
            )
        except (TypeError, KeyError, ValueError, RecursionError) as error:
            raise InvalidConsoleRequest(f"Expected the console's JSON: {error!r}") from error

    def to_endpoint(self, origin: str, peer: str) -> HttpRequest:
        """The HTTP request to a URL of that scheme, host and port."""
        own = urlsplit(origin)
        typed = {name for name, _ in self.headers}
        defaults: Headers = [("host", own.netloc), ("accept", "*/*"), ("user-agent", "local-lambda-console")]
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            defaults.append(("content-length", str(len(self.body))))
        headers = [(name, value) for name, value in defaults if name not in typed]
        return HttpRequest(self.method, self.target, [*headers, *self.headers], peer, own.port or 80)

    def to_lambda_api(self, function_name: str, authority: str, port: int, peer: str) -> HttpRequest:
        """The call of InvokeWithResponseStream that has ``body`` as its event."""
        target = f"/2021-11-15/functions/{quote(function_name, safe='')}/response-streaming-invocations"
        headers: Headers = [("host", authority), ("content-length", str(len(self.body)))]
        return HttpRequest("POST", target, headers, peer, port)


def _method(method: Any) -> str:
    if not isinstance(method, str) or not _TOKEN.fullmatch(method):
        raise InvalidConsoleRequest(f"{method!r} is no HTTP method.")
    return method


def _headers(pairs: Sequence[Any]) -> Headers:
    return [_header(str(name), str(value)) for name, value in pairs]


def _header(name: str, value: str) -> tuple[str, str]:
    if not _TOKEN.fullmatch(name):
        raise InvalidConsoleRequest(f"{name!r} is no header name: expected letters, digits and -._ in it.")
    if name.lower() in _COMPUTED:
        raise InvalidConsoleRequest(f"{name} cannot be set: the console computes it from the body.")
    if _FORBIDDEN_IN_VALUES.search(value):
        raise InvalidConsoleRequest(f"The value of {name} has a control character in it.")
    # HTTP's bytes, as servers decode them: what is beyond ISO 8859-1 travels in UTF-8.
    return name.lower(), value.strip().encode().decode("latin-1")


def _network(name: str | None) -> Network | None:
    if name is not None and name not in NETWORKS:
        raise InvalidConsoleRequest(f"{name!r} is no network: expected one of {', '.join(NETWORKS)}.")
    return NETWORKS[name] if name else None
