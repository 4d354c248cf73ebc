"""Who may read a function URL's answers from a web page: its Cors configuration → headers.

https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors and
https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html. What neither says is listed in docs/fidelity.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_lambda.http.message import Headers, HttpRequest, HttpResponse

PREFIX = "access-control-"
_ANY = "*"
_LISTS = ("AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders")
_LONGEST_AGE = 86_400


class InvalidCors(ValueError):
    """The configuration is none that AWS would take."""


@dataclass(frozen=True)
class CorsConfiguration:
    """The Cors of a function URL."""

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
        return cls(origins, methods, headers, exposed, _age(properties.get("MaxAge")), credentials)

    def document(self) -> dict[str, Any]:
        """The configuration as the Lambda API tells it: what is not configured is left out."""
        values = (self.allow_origins, self.allow_methods, self.allow_headers, self.expose_headers)
        lists = {name: list(value) for name, value in zip(_LISTS, values, strict=True) if value}
        age = {} if self.max_age is None else {"MaxAge": self.max_age}
        return lists | age | {"AllowCredentials": self.allow_credentials}

    def preflight(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a preflight request, which does not reach the function; None for any other."""
        asked = request.header("access-control-request-method")
        if request.method != "OPTIONS" or request.header("origin") is None or asked is None:
            return None
        headers = self._origin_headers(request)
        if headers:
            headers += _listed("Access-Control-Allow-Methods", self.allow_methods)
            headers += _listed("Access-Control-Allow-Headers", self.allow_headers)
            if self.max_age is not None:
                headers.append(("Access-Control-Max-Age", str(self.max_age)))
        return HttpResponse(200, headers)

    def headers(self, request: HttpRequest) -> Headers:
        """What the answer to any other request gets, beside the headers of the function."""
        headers = self._origin_headers(request)
        return headers + _listed("Access-Control-Expose-Headers", self.expose_headers) if headers else []

    def _origin_headers(self, request: HttpRequest) -> Headers:
        """Nothing for an origin that is not allowed: a browser refuses the answer then."""
        origin = request.header("origin")
        if origin is None or not {origin, _ANY} & set(self.allow_origins):
            return []
        # Seen on AWS: the origin itself, where AllowOrigins is "*" (powertools-lambda-python#4163).
        headers = [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
        if self.allow_credentials:
            headers.append(("Access-Control-Allow-Credentials", "true"))
        return headers


def doubled(configured: Headers, function: Headers) -> list[str]:
    """The CORS headers that both the configuration and the function give: browsers refuse such an answer."""
    names = {name.lower() for name, _ in configured if name.lower().startswith(PREFIX)}
    return [name for name, _ in function if name.lower() in names]


def _listed(name: str, values: tuple[str, ...]) -> Headers:
    return [(name, ",".join(values))] if values else []


def _strings(name: str, value: Any) -> tuple[str, ...]:
    values = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one.isprintable() and one.isascii() for one in values):
        raise InvalidCors(f"{name} must be a list of strings, not {value!r}")
    return tuple(values)


def _age(value: Any) -> int | None:
    if value is None:
        return None
    if not str(value).isdecimal() or int(value) > _LONGEST_AGE:
        raise InvalidCors(f"MaxAge must be a number of seconds from 0 to {_LONGEST_AGE}, not {value!r}")
    return int(value)
