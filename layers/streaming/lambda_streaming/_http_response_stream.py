"""``HttpResponseStream``: status, headers and cookies for a response stream, under AWS's own name."""

from __future__ import annotations

from lambda_streaming import _log, _prelude

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambda_streaming._response_stream import ResponseStream
    from lambda_streaming.types import Metadata


class HttpResponseStream:
    """The counterpart of ``awslambda.HttpResponseStream`` in Node.js, whose ``from`` is a keyword here."""

    @staticmethod
    def from_(stream: ResponseStream, metadata: Metadata | Mapping[str, object]) -> ResponseStream:
        """Give the response of ``stream`` its metadata, and return the same stream.

        ``metadata`` may have ``statusCode`` (200 by default), ``headers``, ``cookies`` and, for API Gateway,
        ``multiValueHeaders``; see lambda_streaming._prelude for their types. It leaves with the first byte.
        Raises TypeError or ValueError for metadata that could not become an HTTP response,
        InvalidStreamingOperation once the response has started.
        https://docs.aws.amazon.com/lambda/latest/dg/response-streaming-tutorial.html
        """
        for key in _prelude.unknown_keys(metadata):
            expected = ", ".join(_prelude.KEYS)
            _log.warning(f"Metadata key {key!r} is ignored by Lambda; expected one of {expected}")
        stream.set_metadata(metadata)
        return stream
