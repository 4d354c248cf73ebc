"""The files of the page, and the events beside the template.

The page's policy lets it load its own files and nothing else; what a function writes is shown as text, as an
image, or in a frame that runs nothing.
"""

import hashlib
from pathlib import Path

from local_lambda.endpoints.console.errors import ConsoleError
from local_lambda.endpoints.response import content_length
from local_lambda.http.exchange import Exchange
from local_lambda.http.message import Headers, HttpResponse

_DIRECTORY = Path(__file__).parent / "page"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
_HEADERS: Headers = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
        "img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]
_NO_STORE = "no-store"
_FOR_EVER = "max-age=31536000, immutable"


def respond_page(exchange: Exchange) -> None:
    """Send the page. Its addresses of its files have their version: a browser asks once for each."""
    page = (_DIRECTORY / "index.html").read_bytes()
    body = page.replace(b'"/console/', f'"/console/{_version()}/'.encode())
    respond(exchange, 200, _TYPES[".html"], body)


def respond_file(exchange: Exchange, version: str | None, name: str) -> None:
    """Send a file of the page, which may be kept if its address has a version. Raises ConsoleError."""
    file = _DIRECTORY / name
    if not file.is_file():
        raise ConsoleError(404, f"The console has no {name}.")
    respond(exchange, 200, _TYPES[file.suffix], file.read_bytes(), cache=_FOR_EVER if version else _NO_STORE)


def _version() -> str:
    """Return sixteen digits that change with any file of the page."""
    digest = hashlib.sha256()
    for file in sorted(_DIRECTORY.iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def event_names(directory: Path) -> list[str]:
    """The files with events, by name; none where there is no such directory."""
    return sorted(file.name for file in directory.glob("*.json") if file.is_file())


def event(directory: Path, name: str) -> bytes:
    """One of them. Raises ConsoleError."""
    if name not in event_names(directory):
        raise ConsoleError(404, f"There is no {name} in {directory}.")
    return (directory / name).read_bytes()


def respond(
    exchange: Exchange, status: int, content_type: str, body: bytes, *, cache: str = _NO_STORE
) -> None:
    """Send a whole response, with the policy of the page; ``cache`` is its Cache-Control."""
    headers = [("Content-Type", content_type), *_HEADERS, ("Cache-Control", cache)]
    response = HttpResponse(status, headers, body)
    exchange.respond(status, [*response.headers, *content_length(response)], body)
