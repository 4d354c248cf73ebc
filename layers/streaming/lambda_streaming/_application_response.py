"""An application's response on its way to the stream: metadata, Content-Length, and whether there is a body.

It is what the ASGI and the WSGI adapter have in common.
"""

from __future__ import annotations

import os

from lambda_streaming._http_response_stream import HttpResponseStream
from lambda_streaming._pipeline import pipeline
from lambda_streaming._prelude import OF_THE_CONNECTION
from lambda_streaming._response_stream import as_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable
    from typing import Any

    from lambda_streaming._http_request import HttpRequest
    from lambda_streaming._response_stream import ResponseStream

# A body of these statuses, and of any response to HEAD, does not exist: RFC 9110, section 6.4.1.
_BODILESS = (204, 304)
# Sends one byte where a body would be empty: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/95
NON_EMPTY = "LAMBDA_STREAMING_NON_EMPTY"
_ONE_BYTE = b"\n"
_RESET_CONTENT = 205


class ContentLengthError(Exception):
    """The application's body is longer or shorter than its own Content-Length."""


class ApplicationResponse:
    """The response of ``stream`` to ``request``; ``started`` and ``complete`` say how far it is."""

    def __init__(self, request: HttpRequest, stream: ResponseStream) -> None:
        self.started = False
        self._request = request
        self._stream = stream
        self._status = 0
        self._has_body = True
        self._length: int | None = None
        self._sent = 0

    @property
    def complete(self) -> bool:
        """Whether nothing more can be sent: the response has ended, or the stream is broken."""
        return self._stream.closed

    def start(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """Take status and headers, which leave with the first byte. Raises TypeError or ValueError."""
        metadata = self._metadata(status, headers)
        HttpResponseStream.from_(self._stream, metadata)
        self.started = True
        self._status = status
        self._has_body = self._request.method != "HEAD" and status not in _BODILESS

    def write(self, data: Any) -> None:
        """Send a piece of the body. One that cannot have a body is complete with its head.

        Raises ContentLengthError for more than was announced, OSError once the stream broke.
        """
        if not self._has_body:
            self._stream.end()
            return
        data = data if type(data) is bytes else as_bytes(data)
        if data:
            self._count(len(data))
            self._stream.write(data)

    def flush(self) -> None:
        """Send the head, and what has been written."""
        self._stream.flush()

    def send_file(self, path: str) -> Awaitable[None] | None:
        """Send a file as all of the body, and end the response; return what is still to be awaited of it."""
        file = open(path, "rb")  # noqa: SIM115 - closed by pipeline, or below
        if not self._has_body:
            file.close()
            self._stream.end()
            return None
        try:
            self._count(os.fstat(file.fileno()).st_size)
            self._check_whole()
        except BaseException:
            file.close()
            raise
        return pipeline(file, self._stream)

    def end(self) -> None:
        """End the response.

        Raises ContentLengthError where some of what was announced is missing, OSError once the stream broke.
        """
        if self._stream.broken is not None:
            self._stream.write(b"")
        if self._has_body and not self.complete:
            self._check_whole()
            if not self._sent and self._status != _RESET_CONTENT and _is_set(NON_EMPTY):
                self._stream.write(_ONE_BYTE)
        self._stream.end()

    def _count(self, size: int) -> None:
        self._sent += size
        if self._length is not None and self._sent > self._length:
            raise ContentLengthError(
                f"The application sends more than the {self._length} bytes of its own Content-Length"
            )

    def _check_whole(self) -> None:
        if self._length is not None and self._sent < self._length:
            raise ContentLengthError(
                f"The application has sent {self._sent} of the {self._length} bytes of its own Content-Length"
            )

    def _metadata(self, status: int, headers: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """Return the metadata of the response; every Set-Cookie becomes a cookie.

        A name that comes more than once is joined by commas for a function URL, and stays apart in
        ``multiValueHeaders`` for API Gateway.
        """
        fields: dict[str, list[str]] = {}
        for name, value in headers:
            fields.setdefault(name.lower(), []).append(value)
        for name in OF_THE_CONNECTION:
            fields.pop(name, None)
        self._length = _content_length(fields)
        metadata: dict[str, Any] = {"statusCode": status}
        if cookies := fields.pop("set-cookie", None):
            metadata["cookies"] = cookies
        if self._request.payload == "2.0" or (self._length == 0 and _is_set(NON_EMPTY)):
            fields.pop("content-length", None)  # a streamed response is chunked
        if self._request.payload == "1.0":
            repeated = {name: values for name, values in fields.items() if len(values) > 1}
            if repeated:
                metadata["multiValueHeaders"] = repeated
                fields = {name: values for name, values in fields.items() if name not in repeated}
        metadata["headers"] = {name: ", ".join(values) for name, values in fields.items()}
        return metadata


def _content_length(fields: dict[str, list[str]]) -> int | None:
    """Return the length that the application announces, None where it is none."""
    value = fields.get("content-length", [""])[0].strip()
    return int(value) if value.isascii() and value.isdecimal() else None


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "").lower() in ("1", "true")
