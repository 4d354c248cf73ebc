"""Many clients, and clients that dawdle: nobody else waits for them, and nothing is left of them."""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.integration.local_lambda.conftest import TEMPLATE
from tests.support.process_counts import Held, held
from tests.support.url_client import connect, request
from tools.bench.streams import read_streams
from tools.local_lambda_process import LocalLambda

pytestmark = pytest.mark.alone  # nothing else may keep the machine from serving

# The port of its Runtime API, its process's connection to that, and the pipe of its output.
_OF_AN_ENVIRONMENT = 3
if sys.version_info >= (3, 12):
    _OF_AN_ENVIRONMENT += 1  # the pidfd by which asyncio waits for the process


@pytest.fixture(scope="module")
def running() -> Iterator[LocalLambda]:
    """One of its own: what it holds is counted."""
    with LocalLambda(TEMPLATE, "--no-limits", ports=12) as local:
        yield local
        own = [line for line in local.output.splitlines() if "Function |" not in line]
        assert not any("Traceback" in line for line in own), local.output


def get(path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", *headers]
    return "".join(line + "\r\n" for line in lines).encode() + b"\r\n"


def is_served(url: str) -> None:
    started = time.monotonic()
    assert request(url, "/untyped").body == b"bytes"
    assert time.monotonic() - started < 20


def slow_reader(running: LocalLambda) -> None:
    url = running.urls["RawFunction"]
    with connect(url) as slow:
        slow.sendall(get("/big?mb=20"))
        for _ in range(20):
            assert len(slow.recv(1)) == 1  # and leaves the rest where it is
            is_served(url)


def half_requests(running: LocalLambda) -> None:
    url = running.urls["RawBufferedFunction"]
    with ExitStack() as clients:
        for number in range(50):
            half = clients.enter_context(connect(url))
            half.sendall(
                [b"GET / HT", b"POST /event HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"][number % 2]
            )
        is_served(running.urls["RawFunction"])
        assert request(url, "/event").status == 200


def disconnections(running: LocalLambda) -> None:
    url = running.urls["RawFunction"]
    for reset in (False, True) * 10:
        with connect(url) as client:
            client.sendall(get("/lines?n=20&gap=0.01"))
            assert client.recv(1)
            if reset:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        is_served(url)


def quick_connections(running: LocalLambda) -> None:
    url = running.urls["RawFunction"]
    for number in range(1000):
        with connect(url) as client:
            if number % 4 == 1:
                client.sendall(b"\0garbage")
            elif number % 4 == 2:
                client.sendall(b"GET / HTTP/1.1\r\n")
        if number % 200 == 0:
            is_served(url)


@pytest.mark.parametrize("clients", [slow_reader, half_requests, disconnections, quick_connections])
def test_nobody_waits_and_nothing_is_left(
    running: LocalLambda, clients: Callable[[LocalLambda], None]
) -> None:
    clients(running)  # as many environments as it takes are there, and stay
    wait_until_settled(running)
    before = held(running.pid)
    clients(running)
    deadline = time.monotonic() + 10
    while not is_nothing_left(before, after := held(running.pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_nothing_left(before, after), (before, after)


def is_nothing_left(before: Held, after: Held) -> bool:
    """More environments may be there than before, where more invocations happened to overlap.

    Each of them holds what an idle one does; a client that is not forgotten would be beyond that.
    """
    more = after.children - before.children
    return more <= 20 and after.descriptors <= before.descriptors + max(0, more) * _OF_AN_ENVIRONMENT


def wait_until_settled(running: LocalLambda) -> None:
    """Until all environments are idle: no client holds a connection, none is being started."""
    last, deadline = held(running.pid), time.monotonic() + 20
    unchanged_since = time.monotonic()
    while time.monotonic() - unchanged_since < 0.5 and time.monotonic() < deadline:
        time.sleep(0.02)
        if (now := held(running.pid)) != last:
            last, unchanged_since = now, time.monotonic()


def test_forty_streams_at_once(running: LocalLambda) -> None:
    address = urlsplit(running.urls["RawFunction"])
    assert address.hostname is not None
    assert address.port is not None
    lengths = [20 + number for number in range(40)]
    requests = [get(f"/lines?n={length}&gap=0.02", "Connection: close") for length in lengths]
    streams = read_streams((address.hostname, address.port), requests, seconds=90)
    for length, stream in zip(lengths, streams, strict=True):
        assert stream.body() == b"".join(b"line %d\n" % line for line in range(length))
