"""Cold starts of web applications as they are deployed: as `sam build` leaves them, and then compiled."""

from __future__ import annotations

import shutil
import socket
import time
from functools import partial
from pathlib import Path

from local_lambda.process.precompile import Folder, precompile
from tools.bench import peers
from tools.bench.event import event, expected_body
from tools.bench.peers import BUILT, COMPILED, UVICORN, Peer, Places, environment
from tools.bench.process import RuntimeProcess
from tools.bench.running import running
from tools.bench.scenarios import Effort, Scenario, Values
from tools.bench.server import PeerError

_WHO = (peers.ASGI, peers.MANGUM, UVICORN)
_SECONDS, _SIZE = 60, 1000


def lay_out(functions: Path, packages: Path, python: Path) -> None:
    """Make the task roots of the web applications: the packages as installed, and the same compiled."""
    for name in (BUILT, COMPILED):
        shutil.copytree(packages, functions / name)
        for source in (functions / "work").glob("*.py"):
            shutil.copy(source, functions / name)
    precompile([Folder(functions / COMPILED, "/var/task", python)])


def cold(peer: Peer, places: Places, _effort: Effort, *, use: str) -> Values:
    """Milliseconds from the start of the process to its first GET next, and to the first byte of a body;
    and of CPU, until then.

    uvicorn asks for no event: it is ready when it accepts a connection.
    """
    if peer.name == UVICORN:
        return _cold_server(peer, places, use)
    with running(peer, places, use) as runtime:
        post = runtime.invoke(event("body", writes=1, size=_SIZE)).post
        cpu = runtime.process.cpu_ns()
        first = (post.first_payload() or 0) - runtime.process.started
        return {
            "next": (runtime.ready - runtime.process.started) / 1e6,
            "first": first / 1e6,
            "cpu": cpu / 1e6,
        }


def _cold_server(peer: Peer, places: Places, use: str) -> Values:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = taken.getsockname()
    variables = environment(peer, places, "", use)
    variables["PYTHONPATH"] = variables["LAMBDA_TASK_ROOT"]
    application = ("--port", str(address[1]), "--log-level", "warning", peer.handlers[use])
    process = RuntimeProcess((*peer.argv, *application), variables)
    try:
        with _connected(address, process) as connection:
            ready = time.perf_counter_ns()
            connection.sendall(
                b"GET /bench?mode=body&writes=1&size=%d HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"
                % _SIZE
            )
            received = b""
            while not (body := received.partition(b"\r\n\r\n")[2].partition(b"\r\n")[2]):
                received += _more(connection)
            first, cpu = time.perf_counter_ns(), process.cpu_ns()
            while not received.endswith(b"\r\n0\r\n\r\n"):
                received += _more(connection)
        if expected_body(1, _SIZE) not in received:
            raise PeerError(f"other bytes arrived: {body[:200]!r}")
    finally:
        process.stop()
    return {
        "next": (ready - process.started) / 1e6,
        "first": (first - process.started) / 1e6,
        "cpu": cpu / 1e6,
    }


def _more(connection: socket.socket) -> bytes:
    if not (data := connection.recv(65_536)):
        raise PeerError("uvicorn has closed the connection")
    return data


def _connected(address: tuple[str, int], process: RuntimeProcess) -> socket.socket:
    """Try every millisecond."""
    until = time.monotonic() + _SECONDS
    while True:
        process.check()
        try:
            return socket.create_connection(address, timeout=_SECONDS)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise PeerError(f"it does not listen: {process.log()}") from None
            time.sleep(0.001)


SCENARIOS = tuple(
    Scenario(use, partial(cold, use=use), _WHO)
    for use in (f"{app}-{state}" for app in ("starlette", "fastapi") for state in (BUILT, COMPILED))
)
