"""The files of the page, and the events beside the template.

The page's policy lets it load its own files and nothing else; what a function writes is shown as text, as an
image, or in a frame that runs nothing.
"""

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
    ("Cache-Control", "no-store"),
]


def respond_page(exchange: Exchange, name: str) -> None:
    """Send a file of the page. Raises ConsoleError."""
    file = _DIRECTORY / name
    if not file.is_file():
        raise ConsoleError(404, f"The console has no {name}.")
    respond(exchange, 200, _TYPES[file.suffix], file.read_bytes())


def event_names(directory: Path) -> list[str]:
    """The files with events, by name; none where there is no such directory."""
    return sorted(file.name for file in directory.glob("*.json") if file.is_file())


def event(directory: Path, name: str) -> bytes:
    """One of them. Raises ConsoleError."""
    if name not in event_names(directory):
        raise ConsoleError(404, f"There is no {name} in {directory}.")
    return (directory / name).read_bytes()


def respond(exchange: Exchange, status: int, content_type: str, body: bytes) -> None:
    """Send a whole response, with the policy of the page."""
    response = HttpResponse(status, [("Content-Type", content_type), *_HEADERS], body)
    exchange.respond(status, [*response.headers, *content_length(response)], body)
