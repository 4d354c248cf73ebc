"""Whose socket it is: asked of the kernel, about connections of this process."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_lambda.process.peer import holds, socket_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
# A process that has ended: no id is that great. https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html
GONE = 1 << 22


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Client and server of a connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        with client, server:
            yield client, server


def test_the_socket_of_a_client_and_who_has_it(ends: tuple[socket.socket, socket.socket]) -> None:
    client, server = ends
    inode = socket_of(client.getsockname(), server.getsockname())
    assert inode == os.fstat(client.fileno()).st_ino
    assert holds([GONE, os.getpid()], inode)
    assert not holds([GONE], inode)
    assert not holds([os.getpid()], 1)


def test_one_that_there_is_none_of(ends: tuple[socket.socket, socket.socket]) -> None:
    _, server = ends
    assert socket_of(("127.0.0.2", 1), server.getsockname()) == 0


def test_a_system_that_does_not_tell(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, server = ends
    monkeypatch.delattr(socket, "AF_NETLINK")
    assert socket_of(client.getsockname(), server.getsockname()) is None


def test_a_process_that_nobody_may_look_into_may_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Path) -> Iterator[Path]:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", refused)
    assert holds([1], 1)


def test_a_descriptor_that_is_closed_meanwhile_is_not_it(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = ends
    inode = os.fstat(client.fileno()).st_ino
    here = list(Path("/proc/self/fd").iterdir())

    def iterdir(_: Path) -> Iterator[Path]:
        return iter([Path("/proc/self/fd/no-more"), *here])

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert holds([os.getpid()], inode)
