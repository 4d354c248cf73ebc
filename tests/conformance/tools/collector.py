"""Where tools send what they have seen: an HTTP server and an X-Ray daemon on this machine."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Collector:
    """``items`` are the texts that came, with the path, or "xray", ahead of each."""

    def __init__(self) -> None:
        self.items: list[tuple[str, str]] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                collector.items.append((self.path, _decoded(self._body()).decode("utf-8", "replace")))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self._daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._daemon.bind(("127.0.0.1", 0))
        self.daemon_address = f"127.0.0.1:{self._daemon.getsockname()[1]}"
        for serve in (self._server.serve_forever, self._receive):
            threading.Thread(target=serve, daemon=True).start()

    def _receive(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._daemon.recv(65536):
                self.items.append(("xray", data.decode().partition("\n")[2]))

    def drain(self) -> None:
        """Return once every datagram that was sent before has been taken: they keep their order."""
        marker = ("xray", f"drained {time.monotonic_ns()}")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(f"\n{marker[1]}".encode(), self._daemon.getsockname())
        end = time.monotonic() + 10
        while marker not in self.items:
            assert time.monotonic() < end, "the marker did not arrive"
            time.sleep(0.005)
        self.items.remove(marker)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._daemon.sendto(b"", self._daemon.getsockname())  # ends the thread
        self._daemon.close()


def _decoded(body: bytes) -> bytes:
    for decode in (gzip.decompress, zlib.decompress):
        with contextlib.suppress(OSError, zlib.error):
            return decode(body)
    return body


def documents(text: str) -> list[Any]:
    """Return the JSON documents among the lines of ``text``."""
    found = []
    for line in text.splitlines():
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return found
