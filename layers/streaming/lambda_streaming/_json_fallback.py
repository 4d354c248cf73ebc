"""JSON of the values that a plain encoder does not know: as the managed runtime writes them.

Decimal as a number, a namedtuple (or anything with ``_asdict``) as an object, bytes as UTF-8 text. Imported
only for a result that has such a value in it.
https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html (returning a value)
"""

from __future__ import annotations

import sys

from lambda_streaming import _json_codec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_INFINITY = float("inf")


def dumps(value: object, *, ascii_only: bool) -> str:
    """Return ``value`` as JSON.

    Raises TypeError for what JSON cannot say, ValueError for a value that contains itself or for bytes that
    are not UTF-8, and whatever an ``_asdict`` raises.
    """
    encoder = _Encoder(ascii_only=ascii_only)
    encoder.write(value)
    return "".join(encoder.parts)


class _Encoder:
    """Collects the parts of one JSON text."""

    def __init__(self, *, ascii_only: bool) -> None:
        self.parts: list[str] = []
        self._add = self.parts.append
        self._escape = _json_codec.escape(ascii_only=ascii_only)
        self._open: set[int] = set()  # the containers that are being written

    def write(self, value: Any) -> None:
        if isinstance(value, str):
            self._add(self._escape(value))
        elif value is None or value is True or value is False:
            self._add(_CONSTANTS[value])
        elif isinstance(value, int):
            self._add(int.__repr__(value))  # not what a subclass says of itself
        elif isinstance(value, float):
            self._add(_float(value))
        elif isinstance(value, bytes):
            self._add(self._escape(str(value, "utf-8")))
        else:
            self._write_container(value)

    def _write_container(self, value: Any) -> None:
        fields = _fields(value)
        if fields is None and not isinstance(value, (list, tuple, dict)):
            self._add(_number(value))
            return
        if id(value) in self._open:
            raise ValueError("Circular reference detected")
        self._open.add(id(value))
        if fields is not None:
            self._write_object(fields)
        elif isinstance(value, dict):
            self._write_object(value)
        else:
            self._write_array(value)
        self._open.remove(id(value))

    def _write_array(self, items: Sequence[Any]) -> None:
        before = "["
        for item in items:
            self._add(before)
            self.write(item)
            before = ", "
        self._add("]" if items else "[]")

    def _write_object(self, fields: Mapping[Any, Any]) -> None:
        before = "{"
        for key, value in fields.items():
            self._add(before)
            self._add(self._escape(_key(key)))
            self._add(": ")
            self.write(value)
            before = ", "
        self._add("}" if fields else "{}")


_CONSTANTS = {None: "null", True: "true", False: "false"}


def _fields(value: Any) -> Mapping[Any, Any] | None:
    """Return what ``_asdict()`` returns, where there is one that can be called so."""
    method = getattr(value, "_asdict", None)
    if not callable(method):
        return None
    try:
        fields = method()
    except TypeError:  # as of a namedtuple class, which is no namedtuple
        return None
    if not isinstance(fields, dict):
        raise TypeError(f"_asdict() must return a dict, not {type(fields).__name__}")
    return fields


def _number(value: Any) -> str:
    """Return a Decimal as JSON. Raises TypeError for anything else."""
    decimal = sys.modules.get("decimal")  # without it there are no Decimals
    if decimal is None or not isinstance(value, decimal.Decimal):
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
    return "NaN" if value.is_nan() else str(value)  # str would keep the sign of a NaN, which no parser takes


def _float(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (_INFINITY, -_INFINITY):
        return "Infinity" if value > 0 else "-Infinity"
    return float.__repr__(value)


def _key(key: Any) -> str:
    """Return the key of an object as a str. Raises TypeError, worded by ``json``, for what cannot be one."""
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return str(key, "utf-8")
    if isinstance(key, float):
        return _float(key)
    if key is None or key is True or key is False:
        return _CONSTANTS[key]
    if isinstance(key, int):
        return int.__repr__(key)
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")
