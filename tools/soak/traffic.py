"""The kinds of traffic: each sends requests, and raises Wrong when something else comes back than has to."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tools import ROOT
from tools.soak.wrong import Wrong, expect

_TIMEOUT = 120
_BIG_BYTES = 10 * 1024 * 1024
_BIG = hashlib.sha256(random.Random(1).randbytes(_BIG_BYTES)).digest()
_MAKE_BIG = f"import random; data = random.Random(1).randbytes({_BIG_BYTES})\n"
_COUNTER = "".join(f"Hello {number} \n" for number in range(101)).encode()
_IMAGE = (ROOT / "functions" / "image" / "cat.jpg").read_bytes()


@dataclass
class Target:
    """A local Lambda under traffic."""

    urls: dict[str, str]
    api_port: int
    project: Path
    child: str
    """What marks the command lines of the processes that functions start."""
    limits: bool
    """Whether Lambda's limits hold."""
    saves: int = field(default=0)

    def send(self, name: str, code: str | None = None) -> tuple[int, bytes, bool]:
        """Return status, body, and whether the body was complete."""
        connection, response = self.open(name, code)
        try:
            return response.status, response.read(), True
        except http.client.IncompleteRead as error:
            return response.status, error.partial, False
        finally:
            response.close()
            connection.close()

    def open(
        self, name: str, code: str | None = None
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Send a request and read the head of its response."""
        connection = http.client.HTTPConnection(urlsplit(self.urls[name]).netloc, timeout=_TIMEOUT)
        method = "GET" if code is None else "POST"
        connection.request(method, "/", code, {"Content-Type": "text/plain"})
        return connection, connection.getresponse()


def counter(target: Target) -> None:
    """101 lines in two seconds."""
    expect(target.send("Counter"), (200, _COUNTER, True))


def image(target: Target) -> None:
    """A file."""
    expect(target.send("Image"), (200, _IMAGE, True))


def error_before(target: Target) -> None:
    """An exception before the first byte."""
    expect(target.send("Short", "raise ValueError('x')"), (502, b"Internal Server Error", True))


def error_after(target: Target) -> None:
    """An exception after the first byte: a clean end, as on AWS."""
    expect(target.send("Short", "stream.write(b'part'); raise ValueError('x')"), (200, b"part", True))


def timeout(target: Target) -> None:
    """A body that is cut at the function's timeout, which is one of the limits."""
    code = "import time; stream.write(b'part'); time.sleep(6)"
    expect(target.send("Short", code), (200, b"part", not target.limits))


def exit_(target: Target) -> None:
    """A process that ends itself."""
    expect(target.send("Short", "import os; os._exit(1)")[0], 502)


def leave(target: Target) -> None:
    """A client that leaves in the middle, with a reset or without."""
    code = "import time\nfor _ in range(20): stream.write(b'z' * 20000); time.sleep(0.02)"
    connection, response = target.open("Short", code)
    expect(response.read(1000), b"z" * 1000)
    if random.random() < 0.5:
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    response.close()
    connection.close()


def big(target: Target) -> None:
    """10 MiB in pieces."""
    code = f"{_MAKE_BIG}for at in range(0, len(data), 70001): stream.write(data[at : at + 70001])"
    status, body, complete = target.send("Long", code)
    expect((status, len(body), hashlib.sha256(body).digest(), complete), (200, _BIG_BYTES, _BIG, True))


def big_slowly(target: Target) -> None:
    """10 MiB to a slow reader."""
    connection, response = target.open("Long", f"{_MAKE_BIG}stream.write(data)")
    seen, length = hashlib.sha256(), 0
    while data := response.read(100_000):
        seen.update(data)
        length += len(data)
        time.sleep(0.01)
    connection.close()
    expect((length, seen.digest()), (_BIG_BYTES, _BIG))


def plain(target: Target) -> None:
    """A function without the layer's decorator."""
    text = os.urandom(2000).hex()
    expect(target.send("Plain", text), (200, text.encode(), True))


def invoke(target: Target) -> None:
    """The Lambda API's Invoke."""
    connection = http.client.HTTPConnection("127.0.0.1", target.api_port, timeout=_TIMEOUT)
    event = json.dumps({"number": random.random()})
    connection.request("POST", "/2015-03-31/functions/Plain/invocations", event)
    body = connection.getresponse().read()
    connection.close()
    expect(json.loads(body), json.loads(event))


def keep_alive(target: Target) -> None:
    """Several requests over one connection."""
    connection = http.client.HTTPConnection(urlsplit(target.urls["Short"]).netloc, timeout=_TIMEOUT)
    for _ in range(5):
        text = os.urandom(8).hex()
        connection.request("POST", "/", f"stream.write({text!r})", {"Content-Type": "text/plain"})
        expect(connection.getresponse().read(), text.encode())
    connection.close()


def child(target: Target) -> None:
    """A function that starts processes, one in a session of its own, and logs."""
    code = (
        f"import subprocess; command = ['sleep', {target.child!r}]\n"
        "subprocess.Popen(command); subprocess.Popen(command, start_new_session=True, env={})\n"
        "print('a line of the log'); stream.write(b'started')"
    )
    expect(target.send("Short", code), (200, b"started", True))


def malformed(target: Target) -> None:
    """What is no HTTP/1.1."""
    parts = urlsplit(target.urls["Short"])
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    for data, status in ((head + b"0x5\r\nhello\r\n0\r\n\r\n", b"400"), (b"PRI * HTTP/2.0\r\n\r\n", b"505")):
        with socket.create_connection((parts.hostname, parts.port), timeout=_TIMEOUT) as connection:
            connection.sendall(data)
            expect(connection.makefile("rb").read()[9:12], status)


def save(target: Target) -> None:
    """A saved file, and what is served a moment later: the version before, or this one."""
    target.saves += 1
    file = target.project / "saved" / "app.py"
    version = f"v{target.saves}"
    file.with_name("app.py.tmp").write_text(
        "from lambda_streaming import streamify_response\n\n@streamify_response\n"
        f"def handler(event, stream, context):\n    stream.write({version!r})\n"
    )
    file.with_name("app.py.tmp").replace(file)
    deadline = time.monotonic() + _TIMEOUT
    while (seen := target.send("Saved"))[1] != version.encode():
        expect(seen, (200, f"v{target.saves - 1}".encode(), True))
        if time.monotonic() > deadline:
            raise Wrong(f"{version} is not served")
        time.sleep(0.2)


# With the mean of the seconds between two.
KINDS: tuple[tuple[Callable[[Target], None], float], ...] = (
    (counter, 0.6), (image, 0.8), (error_before, 0.5), (error_after, 0.5), (timeout, 2.5), (exit_, 1.5),
    (leave, 0.8), (big, 3), (big_slowly, 4), (plain, 0.3), (invoke, 0.4), (keep_alive, 0.6), (child, 3),
    (malformed, 1), (save, 5),
)  # fmt: skip
