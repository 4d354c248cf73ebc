"""The Cors configuration of a function URL, as a template declares it.

https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LISTS = ("AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders")
_LONGEST_AGE = 86_400


class InvalidCors(ValueError):
    """AWS would reject this configuration."""


@dataclass(frozen=True, kw_only=True)
class CorsConfiguration:
    """The Cors of a function URL; ``max_age`` is in seconds."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age: int | None = None
    allow_credentials: bool = False

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "CorsConfiguration":
        """Read a template's Cors. Raises InvalidCors."""
        if not isinstance(properties, Mapping):
            raise InvalidCors("it must be an object")
        if unknown := set(properties) - {*_LISTS, "MaxAge", "AllowCredentials"}:
            raise InvalidCors(f"{min(unknown)} is not a property of Cors")
        origins, methods, headers, exposed = (_strings(name, properties.get(name)) for name in _LISTS)
        credentials = str(properties.get("AllowCredentials") or False).lower() == "true"
        return cls(
            allow_origins=origins,
            allow_methods=methods,
            allow_headers=headers,
            expose_headers=exposed,
            max_age=_age(properties.get("MaxAge")),
            allow_credentials=credentials,
        )

    def document(self) -> dict[str, Any]:
        """Return the configuration as the Lambda API shows it, without what is not configured."""
        values = (self.allow_origins, self.allow_methods, self.allow_headers, self.expose_headers)
        lists = {name: list(value) for name, value in zip(_LISTS, values, strict=True) if value}
        age = {} if self.max_age is None else {"MaxAge": self.max_age}
        return lists | age | {"AllowCredentials": self.allow_credentials}


def _strings(name: str, value: Any) -> tuple[str, ...]:
    values = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one.isprintable() and one.isascii() for one in values):
        raise InvalidCors(f"{name} must be a list of strings, not {value!r}")
    return tuple(values)


def _age(value: Any) -> int | None:
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", str(value)) or int(value) > _LONGEST_AGE:
        raise InvalidCors(f"MaxAge must be a number of seconds from 0 to {_LONGEST_AGE}, not {value!r}")
    return int(value)
