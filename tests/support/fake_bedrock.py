"""A stand-in for Bedrock's ConverseStream: botocore speaks to it over HTTP, the test says what it answers."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.event_stream import event

MODEL = "some.model-v1:0"
PATH = "/model/some.model-v1%3A0/converse-stream"  # of a request to it
_END = b""
_PATIENCE = 30  # seconds that a request waits for the test's next piece


def delta(text: str) -> bytes:
    """A token of the answer."""
    return event("contentBlockDelta", {"delta": {"text": text}, "contentBlockIndex": 0})


class FakeBedrock:
    """To be used in a with statement. ``requests`` are the path and the body of each request."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any]] = []
        self._pieces: queue.Queue[bytes] = queue.Queue()
        self._refusal: tuple[int, str] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FakeBedrock:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._server.shutdown()
        self._server.server_close()

    def send(self, *messages: bytes) -> None:
        """Send messages, together in one piece."""
        self._pieces.put(b"".join(messages))

    def end(self) -> None:
        """End the answer."""
        self._pieces.put(_END)

    def refuse(self, status: int, error_type: str) -> None:
        """Refuse the next request."""
        self._refusal = (status, error_type)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fake.requests.append((self.path, json.loads(body)))
                refusal, fake._refusal = fake._refusal, None
                if refusal:
                    self._refuse(*refusal)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/vnd.amazon.eventstream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                while piece := fake._pieces.get(timeout=_PATIENCE):
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")

            def _refuse(self, status: int, error_type: str) -> None:
                body = b'{"message": "no"}'
                self.send_response(status)
                self.send_header("x-amzn-ErrorType", error_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
