"""The probe: speaks the Runtime API by hand, so that a question may be anything that a runtime can send.

Lambda's runtime imports this module to find its handler. The import never ends: the module asks for the
invocations itself. What to do is in the request's query, `do`: a JSON list of steps.
"""

import base64
import json
import os
import socket
import time
from collections.abc import Sequence
from typing import Any

_HOST, _, _PORT = os.environ.get("AWS_LAMBDA_RUNTIME_API", "").partition(":")
_BASE = "/2018-06-01/runtime/invocation"
_TRAILER = "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"
_ERROR = {"errorType": "Probe.Error", "errorMessage": "as asked", "stackTrace": []}


class _Exchange:
    """One request to the Runtime API, on a connection of its own."""

    def __init__(self, method: str, path: str, headers: Sequence[str] = (), body: bytes = b"") -> None:
        self.connection = socket.create_connection((_HOST, int(_PORT)))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {_HOST}:{_PORT}", *headers, "", ""]
        self.connection.sendall("\r\n".join(lines).encode() + body)

    def response(self) -> tuple[dict[str, str], bytes]:
        """Return the response's headers and body; its connection is closed."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")[1:]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self._more()
        self.connection.close()
        return headers, body

    def _more(self) -> bytes:
        piece = self.connection.recv(65536)
        if not piece:
            raise ConnectionError("the Runtime API has closed the connection")
        return piece


class _Probe:
    """The steps, each a method: ["name", argument ...]."""

    _stream: _Exchange

    def __init__(self, request_id: str, event: dict[str, Any]) -> None:
        self._path = f"{_BASE}/{request_id}"
        self._event = event

    def open(self, content_type: str | None = None, mode: bool = True, trailer: bool = True) -> None:
        """Open a streaming POST."""
        headers = ["Transfer-Encoding: chunked"]
        headers += [f"Content-Type: {content_type}"] if content_type else []
        headers += ["Lambda-Runtime-Function-Response-Mode: streaming"] if mode else []
        headers += [f"Trailer: {_TRAILER}"] if trailer else []
        self._stream = _Exchange("POST", f"{self._path}/response", headers)

    def prelude(self, document: Any, body: str = "") -> None:
        """Open a stream of a function URL's content type and send metadata; `body` in the same chunk."""
        self.open("application/vnd.awslambda.http-integration-response")
        self._chunk(json.dumps(document).encode() + b"\0" * 8 + body.encode())

    def long_prelude(self, size: int) -> None:
        self.prelude({"statusCode": 200, "headers": {}, "filler": "x" * size}, "body")

    def write(self, text: str) -> None:
        self._chunk(text.encode("latin-1"))

    def base64(self, text: str) -> None:
        self._chunk(base64.b64decode(text))

    def many(self, megabytes: int) -> None:
        for _ in range(megabytes):
            self._chunk(b"x" * 1024 * 1024)

    def _chunk(self, data: bytes) -> None:
        self._stream.connection.sendall(b"%x\r\n%b\r\n" % (len(data), data))

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def end(self) -> None:
        self._stream.connection.sendall(b"0\r\n\r\n")
        self._stream.response()

    def fail(self, then_exit: bool = False) -> None:
        """End the stream with an error in its trailers."""
        body = base64.b64encode(json.dumps(_ERROR).encode()).decode()
        names = _TRAILER.split(", ")
        trailers = f"{names[0]}: Probe.Error\r\n{names[1]}: {body}\r\n"
        self._stream.connection.sendall(f"0\r\n{trailers}\r\n".encode())
        if then_exit:
            os._exit(1)
        self._stream.response()

    def drop(self) -> None:
        """Drop the connection of the stream, within it."""
        self._stream.connection.close()

    def exit(self) -> None:
        os._exit(1)

    def result(self, document: Any) -> None:
        self._post("response", json.dumps(document))

    def large(self, size: int) -> None:
        self._post("response", json.dumps("x" * (size - 2)))

    def text(self, text: str, content_type: str) -> None:
        self._post("response", text, f"Content-Type: {content_type}")

    def error(self) -> None:
        self._post("error", json.dumps(_ERROR), "Lambda-Runtime-Function-Error-Type: Probe.Error")

    def event(self, *names: str) -> None:
        """Respond with these parts of the event."""
        self._post("response", json.dumps({name: self._part(name) for name in names}))

    def _part(self, name: str) -> Any:
        found: Any = self._event
        for key in name.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def _post(self, kind: str, text: str, *headers: str) -> None:
        body = text.encode()
        _Exchange("POST", f"{self._path}/{kind}", [*headers, f"Content-Length: {len(body)}"], body).response()


def _serve() -> None:
    while True:
        headers, body = _Exchange("GET", f"{_BASE}/next").response()
        event = json.loads(body)
        probe = _Probe(headers["lambda-runtime-aws-request-id"], event)
        steps = (event.get("queryStringParameters") or {}).get("do") or '[["result", "nothing to do"]]'
        for name, *arguments in json.loads(steps):
            getattr(probe, name)(*arguments)


if _HOST:
    _serve()
