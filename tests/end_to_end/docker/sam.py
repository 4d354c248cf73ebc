"""The real sam, building a project and running its functions in containers."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support import preloaded
from tools.local_lambda_process import free_ports

_START_LAMBDA = ("local", "start-lambda", "--skip-pull-image")


@dataclass(frozen=True)
class Printed:
    """What a command has printed, and how it ended."""

    status: int
    output: bytes
    log: str


class Project:
    """A SAM project in ``directory``, where a user would stand; ``scratch`` takes sam's temporary files."""

    def __init__(self, directory: Path, scratch: Path) -> None:
        self._directory = directory
        credentials = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
        settings = {"SAM_CLI_TELEMETRY": "0", "AWS_EC2_METADATA_DISABLED": "true", "TMPDIR": str(scratch)}
        self._environment = {**os.environ, **credentials, **settings}

    def sam(self, *arguments: str) -> Printed:
        """Run sam to its end."""
        done = subprocess.run(
            [preloaded.command("sam"), *arguments],
            cwd=self._directory,
            env=self._environment,
            capture_output=True,
            check=False,
            timeout=100,
        )
        return Printed(done.returncode, done.stdout, done.stderr.decode())

    def invoke(self, *arguments: str) -> Printed:
        """Run ``sam local invoke``."""
        return self.sam("local", "invoke", *arguments, "--skip-pull-image")

    @contextlib.contextmanager
    def start_lambda(self, log: Path) -> Iterator[str]:
        """Run ``sam local start-lambda``; give its address."""
        port = free_ports(1)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [preloaded.command("sam"), *_START_LAMBDA, "--port", str(port)],
                cwd=self._directory,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_listening(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(20)
            finally:
                process.kill()
                process.wait()


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"sam local start-lambda does not listen:\n{log.read_text()}")
