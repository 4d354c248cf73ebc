"""What an undecorated handler returns, as the body of a buffered response."""

from __future__ import annotations

import marshal as marshalling
import os

from lambda_streaming import _json_codec
from lambda_streaming._exceptions import RuntimeFault

# The managed runtimes before Python 3.12 escape what is not ASCII; the later ones write it as UTF-8.
_ASCII_RUNTIMES = ("AWS_Lambda_python3.11", "AWS_Lambda_python3.10", "AWS_Lambda_python3.9")

# The last format that does not look for objects that occur twice, which would cost most of the time.
_MARSHAL_VERSION = 2


def marshal(result: object) -> tuple[str, bytes]:
    """Return Content-Type and body: bytes as they are, anything else as JSON.

    Raises RuntimeFault (Runtime.MarshalError) for what JSON cannot say.
    """
    if isinstance(result, bytes):
        return "application/unknown", result
    try:
        return "application/json", to_json(result).encode("utf-8")
    except Exception as error:  # noqa: BLE001 - it may come from the user's own classes, such as an _asdict()
        raise RuntimeFault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def to_json(value: object) -> str:
    """Return ``value`` as JSON, the way the managed runtime of this version of Python writes it.

    Raises TypeError or ValueError for what JSON cannot say.
    """
    ascii_only = os.environ.get("AWS_EXECUTION_ENV") in _ASCII_RUNTIMES
    if _is_plain(value):
        try:
            return _json_codec.dumps_ascii(value) if ascii_only else _json_codec.dumps(value)
        except TypeError:
            pass  # bytes, a set or the like are among the values
    from lambda_streaming import _json_fallback

    return _json_fallback.dumps(value, ascii_only=ascii_only)


def _is_plain(value: object) -> bool:
    """Tell whether ``value`` is made of Python's own types alone.

    The C encoder would take a namedtuple for an array without asking. Marshalling refuses all subclasses, and
    takes a tenth to a half of the time of the encoding itself; a walk in Python would take many times that.
    """
    if type(value) is str:
        return True
    try:
        marshalling.dumps(value, _MARSHAL_VERSION)  # type: ignore[arg-type]
    except ValueError as error:
        return "too deeply" in str(error)  # the encoder has its own word on that, and on circles
    return True
