"""A client that keeps what others hide: header names as sent, when each piece came, how the body ended."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import h11

# The longest that a question takes, on AWS with a cold start before it.
_SECONDS = 60.0


@dataclass
class Answer:
    """What the client has seen. Times are seconds since the request was sent."""

    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    head_at: float | None = None
    end: str = "never, within a minute"
    """clean: as the framing says; cut: the connection closed before that; reset; or never."""
    ended_at: float = 0.0


def ask(url: str, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
    """Send a request to a function URL; return the answer, complete or not."""
    answer, started = Answer(), time.monotonic()
    try:
        with _connect(url) as connection:
            _send(connection, _request(url, method, target, headers, body))
            _receive(connection, answer, method, started)
    except TimeoutError:
        pass
    except ConnectionResetError:
        answer.end = "reset"
    except (h11.RemoteProtocolError, ssl.SSLError, ConnectionError):
        answer.end = "cut"
    answer.ended_at = time.monotonic() - started
    return answer


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    connection = socket.create_connection((parts.hostname, parts.port or (443 if secure else 80)), _SECONDS)
    if secure:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=parts.hostname)
    return connection


def _request(url: str, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    # By hand: h11 would not send what some questions ask.
    given = {name.lower() for name, _ in headers}
    defaults = [("Host", urlsplit(url).netloc), ("User-Agent", "record"), ("Accept", "*/*")]
    if body:
        defaults.append(("Content-Length", str(len(body))))
    lines = [f"{name}: {value}" for name, value in [*defaults, *headers] if (name, value) in headers or
             name.lower() not in given]  # fmt: skip
    return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode() + body


def _send(connection: socket.socket, request: bytes) -> None:
    try:
        connection.sendall(request)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all of it was read; the answer may be there


def _receive(connection: socket.socket, answer: Answer, method: str, started: float) -> None:
    http = h11.Connection(h11.CLIENT)
    http.send(h11.Request(method=method, target="/", headers=[("Host", "h")]))
    http.send(h11.EndOfMessage())
    while True:
        event = http.next_event()
        now = time.monotonic() - started
        if event is h11.NEED_DATA:
            http.receive_data(connection.recv(65536))
        elif isinstance(event, h11.Response):
            answer.status, answer.head_at = event.status_code, now
            answer.headers = [
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers.raw_items()
            ]
        elif isinstance(event, h11.Data):
            answer.pieces.append((now, bytes(event.data)))
            answer.body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            answer.end = "clean"
            return
        else:
            answer.end = "cut"
            return


def _text(data: bytes) -> str:
    return data.decode("latin-1")
