"""Requests to function URLs, over http.client and over raw sockets."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit


class Answer:
    """A whole answer; `complete` says whether the body was."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        try:
            self.body = response.read()
            self.complete = True
        except http.client.IncompleteRead as error:
            self.body = error.partial
            self.complete = False

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def open_request(
    url: str,
    path: str = "/",
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """Send a request and read the head of its answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request(method, path, body, dict(headers or {}))
    return connection, connection.getresponse()


def request(
    url: str,
    path: str = "/",
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a request and read the whole answer."""
    connection, response = open_request(url, path, method, body, headers)
    with connection.sock if connection.sock else response:
        answer = Answer(response)
    connection.close()
    return answer


def connect(url: str) -> socket.socket:
    """A raw connection."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=60)


def read_to_end(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return data


def exchange(url: str, data: bytes) -> bytes:
    """Send bytes as they are, and read until the other side closes."""
    with connect(url) as connection:
        connection.sendall(data)
        return read_to_end(connection)
