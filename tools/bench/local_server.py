"""The two servers that are compared, each started for a run: the local Lambda, and uvicorn with Starlette."""

import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tools import ROOT
from tools.bench.install import Unavailable
from tools.local_lambda_process import free_ports, release_ports

_PROGRAMS = Path(__file__).parent / "programs"
_SECONDS = 30.0

_TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  RawFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: provided.al2023
      Handler: none
      CodeUri: raw
      Timeout: 60
      FunctionUrlConfig:
        AuthType: NONE
        InvokeMode: RESPONSE_STREAM
"""


@dataclass(frozen=True)
class LocalServer:
    """A server that has been started."""

    pid: int
    address: tuple[str, int]

    def request(self, path: str) -> bytes:
        """A GET on a connection of its own."""
        return f"GET {path} HTTP/1.1\r\nHost: {self.address[0]}\r\nConnection: close\r\n\r\n".encode()


@contextmanager
def raw_function() -> Iterator[LocalServer]:
    """The local Lambda before a runtime that is no more than a send a chunk; without Lambda's bandwidth."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        code = Path(folder) / "raw"
        code.mkdir()
        bootstrap = code / "bootstrap"
        bootstrap.write_text(f"#!{sys.executable} -IS\n{(_PROGRAMS / 'raw.py').read_text()}")
        bootstrap.chmod(0o755)
        template = Path(folder) / "template.yaml"
        template.write_text(_TEMPLATE)
        with local_lambda(template, "RawFunction", "--no-limits") as server:
            yield server


@contextmanager
def local_lambda(template: Path, function: str, *options: str) -> Iterator[LocalServer]:
    """The local Lambda on free ports, known by the URL of one of its functions."""
    port = free_ports(16)
    command = [
        sys.executable,
        "-m",
        "local_lambda",
        "start",
        "--template",
        str(template),
        "--port",
        str(port),
    ]
    with tempfile.TemporaryFile("w+") as log, _running([*command, *options], log) as process:
        text = _wait_for("Ready", process, log)
        url = re.search(rf"^{function} .*http://([0-9.]+):([0-9]+)/", text, re.MULTILINE)
        if url is None:
            raise Unavailable(f"the local Lambda does not serve {function}")
        yield LocalServer(process.pid, (url[1], int(url[2])))
    release_ports(port)


@contextmanager
def uvicorn(python: Path) -> Iterator[LocalServer]:
    """Uvicorn with h11, the local Lambda's parser, and asyncio's own loop."""
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile("w+") as log:
        descriptor = listener.fileno()
        command = [str(python), "-m", "uvicorn", "--app-dir", str(_PROGRAMS), "--fd", str(descriptor)]
        options = ["--http", "h11", "--loop", "asyncio", "--no-access-log", "direct:app"]
        with _running([*command, *options], log, descriptor) as process:
            _wait_for("Application startup complete", process, log)
            yield LocalServer(process.pid, ("127.0.0.1", int(listener.getsockname()[1])))


@contextmanager
def listening(command: Sequence[str]) -> Iterator[LocalServer]:
    """A program that prints the loopback port it listens on."""
    with tempfile.TemporaryFile("w+") as log, _running(command, log) as process:
        port = re.search(r"listening on ([0-9]+)\n", _wait_for("listening on", process, log))
        if port is None:
            raise Unavailable(f"{command[1]} does not say where it listens")
        yield LocalServer(process.pid, ("127.0.0.1", int(port[1])))


@contextmanager
def _running(command: Sequence[str], log: IO[str], *descriptors: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, pass_fds=descriptors)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(_SECONDS)


def _wait_for(text: str, process: subprocess.Popen[bytes], log: IO[str]) -> str:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and process.poll() is None:
        log.seek(0)
        if text in (written := log.read()):
            return written
        time.sleep(0.02)
    log.seek(0)
    raise Unavailable(f"a server did not start: {log.read()[-500:]}")
