"""The Runtime API as the corpus needs it: nothing random, every request noted, snapshots restored."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import h11

_PREFIX = "/2018-06-01/runtime"

DEFAULT_HEADERS: dict[str, str | None] = {
    "Content-Type": "application/json",
    "Lambda-Runtime-Deadline-Ms": "4102444800000",  # far enough for any test, and the same for both runtimes
    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:function",
}


@dataclass
class Request:
    """What a runtime has sent, header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    noted: threading.Event = field(default_factory=threading.Event)  # to be set before it is answered


@dataclass
class Handout:
    """What /next hands out, and the status that the response to it is answered with."""

    request_id: str
    body: bytes = b"{}"
    headers: Mapping[str, str | None] = field(default_factory=dict)
    answer: int = 202


class CorpusApi:
    """Serve one runtime, or N workers of one.

    ``reports`` gets each request when it has been read, and an exit status from whoever watches the process.
    """

    def __init__(self, statuses: Mapping[str, int]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.reports: queue.Queue[Request | int] = queue.Queue()
        self._statuses = statuses
        self._handouts: queue.Queue[Handout] = queue.Queue()
        self._answers: dict[str, int] = {}
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def hand_out(self, handout: Handout) -> None:
        self._answers[handout.request_id] = handout.answer
        self._handouts.put(handout)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts, as a plain close does not
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 22)
        try:
            while (request := _read(connection, protocol)) is not None:
                self.reports.put(request)
                if not request.noted.wait(timeout=20):
                    return
                connection.sendall(self._response(request, protocol))
                protocol.start_next_cycle()
        except (OSError, h11.RemoteProtocolError):
            return
        finally:
            connection.close()

    def _response(self, request: Request, protocol: h11.Connection) -> bytes:
        headers: list[tuple[bytes, bytes]] = []
        status, body = self._status(request.path), b'{"status":"OK"}\n'
        if request.path == "/invocation/next" and status == 200:
            handout = self._handouts.get()
            body = handout.body
            fields = {
                **DEFAULT_HEADERS,
                "Lambda-Runtime-Aws-Request-Id": handout.request_id,
                **handout.headers,
            }
            headers = [(name.encode(), value.encode()) for name, value in fields.items() if value is not None]
        head = h11.Response(status_code=status, headers=[*headers, (b"Content-Length", b"%d" % len(body))])
        return b"".join(
            protocol.send(event) or b"" for event in (head, h11.Data(data=body), h11.EndOfMessage())
        )

    def _status(self, path: str) -> int:
        if path in self._statuses:
            return self._statuses[path]
        if path.endswith("/next"):
            return 200
        return self._answers.get(path.split("/")[2], 202)


def _read(connection: socket.socket, protocol: h11.Connection) -> Request | None:
    """Return the next request; None when the runtime has closed the connection."""
    head: h11.Request | None = None
    body = b""
    while True:
        event = protocol.next_event()
        if event is h11.NEED_DATA:
            protocol.receive_data(connection.recv(1 << 16))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
            return Request(head.method.decode(), head.target.decode().removeprefix(_PREFIX), headers, body)
        else:
            return None
