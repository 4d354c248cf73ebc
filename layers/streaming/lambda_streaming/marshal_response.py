"""What an undecorated handler returns, as the body of a buffered response."""

from __future__ import annotations

import os

from lambda_streaming import json_codec
from lambda_streaming.errors import RuntimeFault

# The managed runtimes before Python 3.12 escape what is not ASCII; the later ones write it as UTF-8.
_ASCII_RUNTIMES = ("AWS_Lambda_python3.11", "AWS_Lambda_python3.10", "AWS_Lambda_python3.9")


def marshal(result: object) -> tuple[str, bytes]:
    """Return Content-Type and body: bytes as they are, anything else as JSON.

    Raises RuntimeFault (Runtime.MarshalError) for what JSON cannot say.
    """
    if isinstance(result, bytes):
        return "application/unknown", result
    ascii_only = os.environ.get("AWS_EXECUTION_ENV") in _ASCII_RUNTIMES
    try:
        text = json_codec.dumps_ascii(result) if ascii_only else json_codec.dumps(result)
        return "application/json", text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise RuntimeFault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None
