"""JSON as the managed runtime reads and writes it, without importing ``json`` on a cold start.

``import json`` costs several milliseconds (it brings in ``re`` and ``enum``), more than all the rest of this
runtime's start. The C scanner and encoder behind it, ``_json``, cost a tenth of that. This module is the one
seam to them; where they are missing, or do not know what to say, ``json`` itself takes over.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_json: Any
try:
    import _json
except ImportError:  # an interpreter without the C accelerator
    _json = None

_WHITESPACE = " \t\n\r"
_CONSTANTS = {"-Infinity": float("-inf"), "Infinity": float("inf"), "NaN": float("nan")}


class _ScannerSettings:
    """What ``_json.make_scanner`` reads: the settings of a plain ``json.loads``."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = _CONSTANTS.__getitem__


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


class _EventSettings(_ScannerSettings):
    """The settings of ``loads_event``."""

    parse_constant = staticmethod(_refuse_constant)


_scan = _json.make_scanner(_ScannerSettings) if _json else None
_scan_event = _json.make_scanner(_EventSettings) if _json else None


def loads(text: str) -> Any:
    """Return the value that ``text`` is the JSON of. Raises ValueError, worded by ``json``, if it is none."""
    return _loads(text, _scan, _CONSTANTS.__getitem__)


def loads_event(text: str) -> Any:
    """Return the value as ``loads`` does, but raise ValueError for NaN and Infinity, which are not JSON."""
    return _loads(text, _scan_event, _refuse_constant)


def _loads(text: str, scan: Any, parse_constant: Callable[[str], float]) -> Any:
    text = text.removeprefix("\ufeff")
    if scan is not None:
        stripped = text.strip(_WHITESPACE)
        try:
            value, end = scan(stripped, 0)
        except (StopIteration, ValueError, SystemError):  # the last one where json is still to be imported
            end = -1
        if end == len(stripped):
            return value
    import json

    return json.loads(text, parse_constant=parse_constant)


def dumps(value: object) -> str:
    """Return ``value`` as JSON, non-ASCII characters as they are.

    Raises TypeError for what JSON cannot say, ValueError for a value that contains itself.
    """
    return _encoder(ascii_only=False)(value)


def dumps_ascii(value: object) -> str:
    """Return ``value`` as JSON in ASCII, as ``dumps`` otherwise."""
    return _encoder(ascii_only=True)(value)


def dumps_anything(value: object) -> str:
    """Return ``value`` as JSON, as ``dumps``; what JSON cannot say stands there as ``str`` gives it."""
    return _encoder(ascii_only=False, default=str)(value)


def escape(*, ascii_only: bool) -> Callable[[str], str]:
    """Return the function that makes a str a JSON string."""
    if _json is None:
        import json.encoder

        return json.encoder.encode_basestring_ascii if ascii_only else json.encoder.encode_basestring
    return _json.encode_basestring_ascii if ascii_only else _json.encode_basestring  # type: ignore[no-any-return]


def _encoder(
    *, ascii_only: bool, default: Callable[[object], object] | None = None
) -> Callable[[object], str]:
    if _json is None:
        import json

        return json.JSONEncoder(ensure_ascii=ascii_only, default=default).encode
    # After the markers: default, encoder, indent, separators, sort_keys, skipkeys, allow_nan
    settings = (default or _refuse, escape(ascii_only=ascii_only), None, ": ", ", ", False, False, True)
    encode = _json.make_encoder({}, *settings)
    return lambda value: "".join(encode(value, 0))


def _refuse(value: object) -> object:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
