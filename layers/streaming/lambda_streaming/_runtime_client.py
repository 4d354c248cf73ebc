"""The Runtime API over one socket: the only module of the runtime that does network I/O.

One connection serves /next and the responses in turn. A blocking send is the backpressure of a stream: it
returns when the platform has taken the bytes.
"""

from __future__ import annotations

import os
import sys

from lambda_streaming import __version__, _log
from lambda_streaming._chunked import ChunkedDecoder
from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._http_message import HEAD_END, HEAD_LIMIT, closes, parse_head, text_of
from lambda_streaming._invocation import Invocation
from lambda_streaming._runtime_requests import RuntimeRequests

# `socket` and `signal` add enum, selectors and more to a cold start; their C cores will do.
import _signal  # type: ignore[import-not-found]  # isort: skip

try:
    import _socket as socket
except ImportError:
    import socket  # type: ignore[no-redef]

_Socket = socket.socket  # as it was before the function could replace it
_RECEIVE_SIZE = 64 * 1024


class RuntimeClient:
    """Speak to the Runtime API at ``address`` ("host:port", as AWS_LAMBDA_RUNTIME_API gives it)."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self.address = (host, int(port))
        self._socket: socket.socket | None = None
        self.requests = RuntimeRequests(address, _user_agent())

    def next(self) -> Invocation:
        """Wait, without a limit, for the next invocation. Raises RuntimeApiError if there is none to come."""
        status, headers, body = self._get(self.requests.next())
        if status != 200:
            raise RuntimeApiError(f"/next replied {status}: {text_of(body)}")
        return Invocation(headers, body)

    def restore_next(self) -> None:
        """Wait until the environment has been restored from its snapshot."""
        status, _, body = self._get(self.requests.restore_next())
        if status != 200:
            raise RuntimeApiError(f"/restore/next replied {status}: {text_of(body)}")

    def exchange(self, request: bytes) -> tuple[int, str]:
        """Send a whole request; return the status and the text of the reply."""
        self.send(request)
        return self.read_reply()

    def send(self, data: bytes) -> None:
        """Send ``data``; returns when the platform's side of the connection has taken it."""
        self._connected().sendall(data, socket.MSG_NOSIGNAL)

    def send_parts(self, parts: list[bytes]) -> None:
        """Send ``parts`` with one system call, without joining them in memory."""
        connection = self._connected()
        total = sum(map(len, parts))
        sent = connection.sendmsg(parts, [], socket.MSG_NOSIGNAL)
        if sent < total:  # a signal came in between
            connection.sendall(b"".join(parts)[sent:], socket.MSG_NOSIGNAL)

    def send_file(self, descriptor: int, offset: int, count: int) -> None:
        """Send ``count`` bytes of a file, kernel to kernel. Raises EOFError if the file has shrunk."""
        target = self._connected().fileno()
        send = os.sendfile if _signal.getsignal(_signal.SIGPIPE) == _signal.SIG_IGN else self._copy_file
        while count:
            sent = send(target, descriptor, offset, count)
            if sent == 0:
                raise EOFError(f"the file ended {count} bytes before the size it had")
            offset += sent
            count -= sent

    def _copy_file(self, _target: int, descriptor: int, offset: int, count: int) -> int:
        """Send a part of a file where sendfile, to a connection that is closed, would end the process."""
        data = os.pread(descriptor, min(count, _RECEIVE_SIZE), offset)
        if data:
            self.send(data)
        return len(data)

    def read_reply(self) -> tuple[int, str]:
        """Return status and text of the reply to what was sent. Raises RuntimeApiError without one."""
        try:
            status, _, body = self._read_message()
        except (OSError, RuntimeApiError):
            raise
        except Exception as error:
            raise RuntimeApiError(f"a signal handler raised {error!r}") from error
        return status, text_of(body)

    def close(self) -> None:
        """Give the connection up; the next request opens another."""
        connection, self._socket = self._socket, None
        try:
            if connection is not None:
                connection.close()
        except OSError:  # the function has closed its descriptor
            return

    def _get(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        kept_alive = self._socket is not None
        try:
            self.send(request)
            self._wait()
            return self._read_message()
        except (OSError, RuntimeApiError) as error:
            self.close()
            if not kept_alive:
                raise RuntimeApiError(f"the Runtime API at {self._name()} is lost: {error}") from error
        # The platform may have closed the kept-alive connection meanwhile: once more on a fresh one.
        return self._get(request)

    def _wait(self) -> None:
        """Wait for the first byte of a reply that may be long in coming, and leave it where it is.

        Meanwhile a timer of the function's, left running, may raise: no one else is there for it to reach.
        Where that happens as the reply arrives, what recv returns is lost.
        """
        while True:
            try:
                self._connected().recv(1, socket.MSG_PEEK)
                return
            except Exception as error:
                if isinstance(error, OSError) and error.errno is not None:  # the system's own
                    raise
                _log.warning(f"Interrupted between two invocations by {error!r}")

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = connection = _Socket(socket.AF_INET, socket.SOCK_STREAM)
            connection.settimeout(None)  # whatever the function has set as the default
            connection.connect(self.address)
            # Without it Nagle's algorithm holds a small chunk back until the one before is acknowledged.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _read_message(self) -> tuple[int, dict[str, str], bytes]:
        data = self._receive()
        while (end := data.find(HEAD_END)) < 0:
            if len(data) > HEAD_LIMIT:
                raise RuntimeApiError(f"the head of a reply is over {HEAD_LIMIT} bytes")
            data += self._receive()
        try:
            status, headers = parse_head(data[:end])
            body = self._read_body(headers, data[end + len(HEAD_END) :])
        except ValueError as error:
            raise RuntimeApiError(str(error)) from error
        if closes(headers):
            self.close()
        return status, headers, body

    def _read_body(self, headers: dict[str, str], start: bytes) -> bytes:
        length = headers.get("content-length")
        if length is not None:
            return self._read_exactly(int(length), start)
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return start
        decoder = ChunkedDecoder()
        decoder.feed(start)
        while not decoder.done:
            decoder.feed(self._receive())
        return decoder.body

    def _read_exactly(self, length: int, start: bytes) -> bytes:
        if len(start) >= length:
            return start
        body = bytearray(length)
        body[: len(start)] = start
        filled = len(start)
        view = memoryview(body)
        while filled < length:
            received = self._connected().recv_into(view[filled:])
            if not received:
                raise RuntimeApiError(f"a reply ended after {filled} of {length} bytes")
            filled += received
        return bytes(body)

    def _receive(self) -> bytes:
        data = self._connected().recv(_RECEIVE_SIZE)
        if not data:
            raise RuntimeApiError("the Runtime API closed the connection")
        return data

    def _name(self) -> str:
        return f"{self.address[0]}:{self.address[1]}"


def _user_agent() -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    return f"lambda-streaming-python/{version}-{__version__}"
