from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambda_streaming._exceptions import RuntimeApiError
from lambda_streaming._runtime_client import RuntimeClient

EVENT = '{"a": "ž\\r\\n\\r\\n"}'.encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: some-id\r\n"
WITH_LENGTH = HEAD + b"Content-Length: %d\r\n\r\n" % len(EVENT) + EVENT
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n" + EVENT[:5] + b"\r\n%x\r\n" % (len(EVENT) - 5)
CHUNKED += EVENT[5:] + b"\r\n0\r\n\r\n"


class Platform:
    """A client, and the other end of its connection."""

    def __init__(self) -> None:
        self.client = RuntimeClient("127.0.0.1:1")
        near, self.far = socket.socketpair()
        self._near: Any = near
        self.client._socket = self._near
        self.far.settimeout(20)

    def close(self) -> None:
        self.client.close()
        self._near.close()
        self.far.close()


class OnePieceAtATime:
    """A socket whose every recv returns the next of some pieces, which stays if peeked at."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = [piece for piece in pieces if piece]
        self.sent = b""

    def sendall(self, data: bytes, flags: int) -> None:
        self.sent += data

    def recv(self, size: int, flags: int = 0) -> bytes:
        if not self.pieces:
            return b""
        piece, rest = self.pieces[0][:size], self.pieces[0][size:]
        if not flags & socket.MSG_PEEK:
            self.pieces[:1] = [rest] if rest else []
        return piece

    def recv_into(self, view: memoryview) -> int:
        piece = self.recv(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Be closed."""


def answered(*pieces: bytes) -> RuntimeClient:
    client = RuntimeClient("127.0.0.1:1")
    connection: Any = OnePieceAtATime(list(pieces))
    client._socket = connection
    return client


@pytest.fixture
def platform() -> Iterator[Platform]:
    made = Platform()
    yield made
    made.close()


@pytest.mark.parametrize("wire", [WITH_LENGTH, CHUNKED], ids=["length", "chunked"])
def test_an_event_however_it_is_cut(wire: bytes) -> None:
    cuts = [[wire], [wire[at : at + 1] for at in range(len(wire))]]
    cuts += [[wire[:at], wire[at:]] for at in range(1, len(wire))]
    for pieces in cuts:
        invocation = answered(*pieces).next()
        assert invocation.request_id == "some-id"
        assert invocation.body == EVENT
        assert invocation.event() == {"a": "ž\r\n\r\n"}


@pytest.mark.parametrize("wire", [WITH_LENGTH, CHUNKED], ids=["length", "chunked"])
def test_an_answer_that_ends_too_soon(wire: bytes) -> None:
    for end in range(1, len(wire)):
        client = answered(wire[:end])
        with pytest.raises(RuntimeApiError, match=r"closed the connection|ended after"):
            client.read_reply()


def test_an_answer_without_a_body() -> None:
    assert answered(b"HTTP/1.1 202 Accepted\r\n\r\n").read_reply() == (202, "")


@pytest.mark.parametrize(
    "wire",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 3_000_000,
    ],
    ids=["another protocol", "bad length", "bad chunk", "endless head"],
)
def test_nonsense(wire: bytes) -> None:
    with pytest.raises(RuntimeApiError):
        answered(wire).read_reply()


def test_the_text_of_an_answer_need_not_be_utf8() -> None:
    assert answered(b"HTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\na\xff\n").read_reply() == (400, "a\ufffd")


def test_a_connection_that_is_to_be_closed_is_given_up() -> None:
    client = answered(b"HTTP/1.1 202 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n")
    client.read_reply()
    assert client._socket is None


def test_next_that_is_refused() -> None:
    client = answered(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nwords")
    with pytest.raises(RuntimeApiError, match=r"^/next replied 403: words$"):
        client.next()


def test_restore_next() -> None:
    client = answered(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    connection: Any = client._socket
    client.restore_next()
    assert connection.sent.startswith(b"GET /2018-06-01/runtime/restore/next HTTP/1.1\r\n")
    with pytest.raises(RuntimeApiError, match=r"^/restore/next replied 404: $"):
        answered(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").restore_next()


@pytest.mark.parametrize("size", [1, 100_000, 5_000_000])
def test_parts_arrive_joined(platform: Platform, size: int) -> None:
    parts = [b"head", b"x" * size, b"\r\n"]
    sender = threading.Thread(target=platform.client.send_parts, args=(parts,), daemon=True)
    sender.start()
    received = bytearray()
    while len(received) < size + 6:
        received += platform.far.recv(1 << 20)
    sender.join()
    assert bytes(received) == b"".join(parts)


def test_parts_that_one_call_does_not_send() -> None:
    class Interrupted(OnePieceAtATime):
        def sendmsg(self, parts: list[bytes], _ancillary: list[Any], flags: int) -> int:
            self.sent += b"".join(parts)[:7]
            return 7

    client = RuntimeClient("127.0.0.1:1")
    connection: Any = Interrupted([])
    client._socket = connection
    client.send_parts([b"head", b"content", b"\r\n"])
    assert connection.sent == b"headcontent\r\n"


def test_a_file_is_sent_in_part(platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with path.open("rb") as file:
        platform.client.send_file(file.fileno(), 2, 5)
        assert platform.far.recv(100) == b"23456"
        with pytest.raises(EOFError, match="the file ended 3 bytes before the size it had"):
            platform.client.send_file(file.fileno(), 5, 8)


def test_nobody_listens() -> None:
    with pytest.raises(RuntimeApiError, match=r"the Runtime API at 127\.0\.0\.1:1 is lost: "):
        RuntimeClient("127.0.0.1:1").next()


def test_a_stale_connection_is_replaced_for_next() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = RuntimeClient(f"127.0.0.1:{listener.getsockname()[1]}")
        asked = []

        def serve() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    asked.append(connection.recv(65536).partition(b"\r\n")[0])
                    connection.sendall(WITH_LENGTH)

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        assert client.next().body == EVENT
        assert client.next().body == EVENT  # the first connection has been closed meanwhile
        server.join()
        client.close()
        assert asked == [b"GET /2018-06-01/runtime/invocation/next HTTP/1.1"] * 2


def test_a_timer_that_strikes_as_a_reply_arrives_costs_no_invocation(
    capfd: pytest.CaptureFixture[str],
) -> None:
    class Struck(OnePieceAtATime):
        strikes = 3

        def recv(self, size: int, flags: int = 0) -> bytes:
            received = super().recv(size, flags)
            if self.strikes:
                self.strikes -= 1
                raise Late  # as the handler of a signal does between recv and whoever called it
            return received

    class Late(Exception):
        pass

    client = RuntimeClient("127.0.0.1:1")
    connection: Any = Struck([WITH_LENGTH])
    client._socket = connection
    assert client.next().body == EVENT
    assert capfd.readouterr().out.count("Interrupted between two invocations by Late()") == 3


def test_a_connection_has_no_delay() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = RuntimeClient(f"127.0.0.1:{listener.getsockname()[1]}")
        client.send(b"x")
        assert client._socket is not None
        assert client._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        client.close()
