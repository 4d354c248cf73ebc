"""The prelude of a streamed HTTP response: JSON, eight NUL bytes, then the body.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html and response-transfer-mode-lambda. A NUL
cannot appear in JSON, so the delimiter is unambiguous; it may be cut anywhere, or share a chunk with what is
around it.
"""

import json
from dataclasses import dataclass, field
from typing import Any

INTEGRATION_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response"
DELIMITER = b"\0" * 8
# Our own, so that a stream without a prelude is not collected for ever.
HARD_LIMIT = 1024 * 1024
_KNOWN_KEYS = {"statusCode", "headers", "cookies"}


class PreludeError(ValueError):
    """The stream does not begin with a valid prelude."""


@dataclass(frozen=True)
class Prelude:
    """Status, headers and cookies as the function wrote them, and the keys that a function URL ignores."""

    status: Any = 200
    headers: dict[str, Any] = field(default_factory=dict)
    cookies: list[Any] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    size: int = 0
    multi_value_headers: Any = None
    """For API Gateway; a function URL ignores it."""


class PreludeDecoder:
    """Finds the prelude in a stream that arrives in pieces; the delimiter must end within ``limit`` bytes."""

    def __init__(self, limit: int = HARD_LIMIT) -> None:
        self._limit = limit
        self.prelude: Prelude | None = None
        self._buffer = bytearray()

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return its bytes that belong to the body. Raises PreludeError."""
        if self.prelude is not None:
            return data
        # The delimiter may have begun in earlier pieces.
        search_from = max(0, len(self._buffer) - len(DELIMITER) + 1)
        self._buffer += data
        at = self._buffer.find(DELIMITER, search_from, self._limit)
        if at < 0:
            self._check_unfinished()
            return b""
        self.prelude = parse(bytes(self._buffer[:at]))
        body = bytes(self._buffer[at + len(DELIMITER) :])
        self._buffer.clear()
        return body

    def finish(self) -> None:
        """Note that the stream has ended. Raises PreludeError if it ended within its prelude."""
        if self._buffer:
            raise PreludeError(f"the stream ended after {len(self._buffer)} bytes without eight NUL bytes")

    def _check_unfinished(self) -> None:
        start = self._buffer[:64].lstrip()
        if start and not start.startswith(b"{"):
            raise PreludeError(f"expected a JSON object, read {bytes(start[:20])!r}")
        if len(self._buffer) >= self._limit:
            raise PreludeError(f"no eight NUL bytes within {self._limit} bytes")


def parse(text: bytes) -> Prelude:
    """Read the JSON in front of the delimiter. Raises PreludeError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PreludeError(f"expected JSON, read {text[:40]!r} ({error})") from error
    if not isinstance(document, dict):
        raise PreludeError(f"expected a JSON object, read {text[:40]!r}")
    headers, cookies = document.get("headers") or {}, document.get("cookies") or []
    if not isinstance(headers, dict) or not isinstance(cookies, list):
        raise PreludeError("expected an object of headers and a list of cookies")
    # Recorded from AWS: `status` instead of `statusCode` is ignored and the response is a 200.
    ignored = sorted(set(document) - _KNOWN_KEYS)
    multiple = document.get("multiValueHeaders")
    return Prelude(document.get("statusCode", 200), headers, cookies, ignored, len(text), multiple)
