"""AWS's Runtime Interface Emulator, the binary inside the aws-sam-cli wheel, with our runtime under it."""

from __future__ import annotations

import http.client
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from email.message import Message
from importlib.metadata import distribution
from pathlib import Path
from typing import Self

from tests.support.runtime_process import LAYER

_INVOKE = "/2015-03-31/functions/function/invocations"

# /var/runtime/bootstrap, as far as a function with an exec wrapper gets to see it.
_BOOTSTRAP = """#!/bin/sh
exec $AWS_LAMBDA_EXEC_WRAPPER "{interpreter}" "{script}"
"""


def binary() -> Path:
    """The emulator's file; the wheel has one for each architecture."""
    machine = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    return Path(str(distribution("aws-sam-cli").locate_file(f"samcli/local/rapid/aws-lambda-rie-{machine}")))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Emulator:
    """One emulator with one execution environment, whose task root is ``task_root``.

    ``variables`` are the function's own; without any, its exec wrapper is the layer's.
    """

    def __init__(
        self,
        directory: Path,
        task_root: Path,
        variables: Mapping[str, str] | None = None,
        managed_loop: str = "/var/runtime/bootstrap.py",
    ) -> None:
        bootstrap = directory / "bootstrap"
        bootstrap.write_text(_BOOTSTRAP.format(interpreter=sys.executable, script=managed_loop))
        bootstrap.chmod(0o755)
        environment = {
            "PATH": os.environ["PATH"],
            **(variables or {"AWS_LAMBDA_EXEC_WRAPPER": str(LAYER / "streaming-bootstrap")}),
            "LAMBDA_TASK_ROOT": str(task_root),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "20",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.start(directory, [], bootstrap, environment, binary())

    def start(
        self,
        directory: Path,
        launcher: list[str],
        bootstrap: Path,
        environment: dict[str, str],
        emulator: Path,
    ) -> None:
        """Start the emulator, by ``launcher`` if there is one, and wait until it listens."""
        self._port = _free_port()
        self._log_path = directory / "rie.log"
        self._log = self._log_path.open("wb")
        self._process = subprocess.Popen(
            [
                *launcher,
                emulator,
                "--runtime-api-address",
                f"127.0.0.1:{_free_port()}",
                "--runtime-interface-emulator-address",
                f"127.0.0.1:{self._port}",
                bootstrap,
                "app.handler",
            ],
            env=environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=directory,
            start_new_session=True,
        )
        try:
            self._wait_until_listening()
        except BaseException:
            self.close()
            raise

    @property
    def log(self) -> str:
        """What the emulator and the function have logged so far."""
        return self._log_path.read_text(errors="replace").replace("\r", "\n")

    def invoke(self, event: bytes = b"{}") -> tuple[int, bytes]:
        """Invoke the function; return status and body of the emulator's answer."""
        status, _, body = self.invoke_with_headers(event)
        return status, body

    def invoke_with_headers(self, event: bytes) -> tuple[int, Message, bytes]:
        """Invoke the function; return status, headers and body of the emulator's answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST", _INVOKE, event, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        finally:
            self._process.kill()
            self._process.wait()
            self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait_until_listening(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"the emulator does not listen:\n{self.log}")
