"""The CORS headers of a function URL: from its Cors configuration and a request.

https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors. What AWS does not document is
listed in docs/fidelity.md.
"""

from local_lambda.http.message import Headers, HttpRequest, HttpResponse
from local_lambda.model.cors import CorsConfiguration

_PREFIX = "access-control-"
_ANY = "*"


def preflight(cors: CorsConfiguration, request: HttpRequest) -> HttpResponse | None:
    """Return the response to a preflight request, which does not reach the function; None for any other."""
    method = request.header("access-control-request-method")
    if request.method != "OPTIONS" or request.header("origin") is None or method is None:
        return None
    headers = _origin_headers(cors, request)
    if headers:
        headers += _listed("Access-Control-Allow-Methods", cors.allow_methods)
        headers += _listed("Access-Control-Allow-Headers", cors.allow_headers)
        if cors.max_age is not None:
            headers.append(("Access-Control-Max-Age", str(cors.max_age)))
    return HttpResponse(200, headers)


def cors_headers(cors: CorsConfiguration | None, request: HttpRequest) -> Headers:
    """Return what the response to any other request gets, beside the headers of the function."""
    headers = _origin_headers(cors, request) if cors else []
    if cors and headers:
        headers += _listed("Access-Control-Expose-Headers", cors.expose_headers)
    return headers


def doubled(configured: Headers, function: Headers) -> list[str]:
    """Return the CORS headers that both sides set: browsers reject a response with two of them."""
    names = {name.lower() for name, _ in configured if name.lower().startswith(_PREFIX)}
    return [name for name, _ in function if name.lower() in names]


def _origin_headers(cors: CorsConfiguration, request: HttpRequest) -> Headers:
    """Return nothing for an origin that is not allowed: a browser rejects the response then."""
    origin = request.header("origin")
    if origin is None or not {origin, _ANY} & set(cors.allow_origins):
        return []
    # Seen on AWS: the origin itself, where AllowOrigins is "*" (powertools-lambda-python#4163).
    headers = [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
    if cors.allow_credentials:
        headers.append(("Access-Control-Allow-Credentials", "true"))
    return headers


def _listed(name: str, values: tuple[str, ...]) -> Headers:
    return [(name, ",".join(values))] if values else []
