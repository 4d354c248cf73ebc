"""The Content-Encoding of a streamed response: a function URL decompresses gzip while it streams.

Seen on AWS (aws-lambda-nodejs-runtime-interface-client#96): the client gets the plain bytes, and no
Content-Encoding. Of other encodings nothing is known; they are passed on.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from local_lambda.endpoints.streaming import BodyError

# A gzip header and trailer around the data (zlib.decompressobj).
_GZIP = 16 + zlib.MAX_WBITS


def is_gzip(headers: Mapping[str, Any]) -> bool:
    """Return whether a function's headers say that the body is in gzip, and in nothing else."""
    return _encoding(headers) == "gzip"


def warnings(headers: Mapping[str, Any]) -> list[str]:
    """Return what the user should know about the encoding."""
    encoding = _encoding(headers)
    if encoding == "gzip":
        return [
            "the body was decompressed and Content-Encoding: gzip removed, as on AWS: "
            "leave compression to CloudFront"
        ]
    if encoding in ("", "identity"):
        return []
    return [
        f"Content-Encoding: {encoding} was passed on; what AWS does with it in a stream is not known: "
        "leave compression to CloudFront"
    ]


def _encoding(headers: Mapping[str, Any]) -> str:
    found = (value for name, value in headers.items() if name.lower() == "content-encoding")
    return str(next(found, "")).strip().lower()


class Gunzip:
    """Decompresses a body that arrives in pieces, as far as it has come; members may follow each other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._begun = False

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what it decompresses to. Raises BodyError."""
        plain = bytearray()
        while data:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            self._begun = True
            try:
                plain += self._member.decompress(data)
            except zlib.error as error:
                raise BodyError(f"Content-Encoding is gzip, but the body is not ({error})") from error
            data = self._member.unused_data
        return bytes(plain)

    def finish(self) -> None:
        """Note that the body has ended. Raises BodyError if it ended within its compressed data."""
        if self._begun and not self._member.eof:
            raise BodyError("Content-Encoding is gzip, and the body ended before its compressed data did")
