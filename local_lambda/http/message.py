"""An HTTP request and response as values, shared by the servers and the pure modules (RFC 9110)."""

import re
from dataclasses import dataclass, field

Headers = list[tuple[str, str]]

# Responses that never carry a body, whatever their headers say (RFC 9110 sections 15.3.5 and 15.4.5).
BODYLESS_STATUSES = frozenset({204, 304})


@dataclass(frozen=True)
class HttpRequest:
    """The head of a request: header names are lower-cased, values decoded as ISO 8859-1."""

    method: str
    target: str
    headers: Headers
    peer: str
    port: int
    as_sent: Headers = field(default_factory=list)
    """The same headers with their names as the client wrote them; empty where nobody did."""

    @property
    def path(self) -> str:
        """The target without its query and, in absolute form (RFC 9112 section 3.2.2), without its origin."""
        path = self._origin_form.partition("?")[0]
        return path if path.startswith("/") else "/" + path.lstrip("*")

    @property
    def query(self) -> str:
        """What follows the first question mark, as sent."""
        return self._origin_form.partition("?")[2]

    @property
    def _origin_form(self) -> str:
        return re.sub(r"^https?://[^/?]*", "", self.target, flags=re.IGNORECASE)

    def header(self, name: str) -> str | None:
        """Return a header's value, several joined by commas; None when absent. Names are lower case."""
        values = [value for key, value in self.headers if key == name]
        return ",".join(values) if values else None


@dataclass(frozen=True)
class HttpResponse:
    """A whole response."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
