"""Our runtime_client in Python beside awslambdaric's compiled one: the same requests, the same results."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import local_lambda.process
from tests.support import measured
from tests.support.interpreters import interpreters

OURS = Path(local_lambda.process.__file__).with_name("runtime_client.py")
PROGRAM = """
import json, sys
if len(sys.argv) > 1:
    import importlib.util
    spec = importlib.util.spec_from_file_location("runtime_client", sys.argv[1])
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
else:
    import runtime_client as client

def said(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return [type(error).__name__, str(error)]

client.initialize_client("agent/1")
body, headers = client.next()
results = [body.decode(), headers]
body, headers = client.next()
results += [body.decode("latin-1"), headers]
results.append(said(client.post_invocation_result, "id-1", b"result \\xff", "application/unknown", None))
results.append(said(client.post_invocation_result, "id-2", b"", "application/json", "inv"))
results.append(said(client.post_error, "id-3", '{"errorType": "A.B"}', "<\u00e9>", None))
results.append(said(client.post_error, "id-4", '{}', "", None))
results.append(said(client.post_invocation_result, "refused", b"x", "application/json", None))
results.append(said(client.post_error, "refused", '{}', "", None))
print(json.dumps(results))
"""
WHOLE = {
    "Lambda-Runtime-Aws-Request-Id": "id",
    "Lambda-Runtime-Trace-Id": "Root=1",
    "Lambda-Runtime-Invoked-Function-Arn": "arn",
    "Lambda-Runtime-Deadline-Ms": "1700000000123",
    "Lambda-Runtime-Client-Context": '{"a":"\u00e9\u6f22"}',
    "Lambda-Runtime-Cognito-Identity": '{"b":1}',
    "Lambda-Runtime-Aws-Tenant-Id": "tenant",
    "Content-Type": "application/json",
}
BARE = {name: WHOLE[name] for name in WHOLE if name.count("-") < 4 or "Function" in name or "Request" in name}
EVENTS = [(200, b'{"x":"\xc3\xa9"}', WHOLE), (200, b"\xff", BARE)]
# Of the connection, and of the program that asks.
_CONNECTION = {"host", "connection", "accept", "accept-encoding", "expect", "transfer-encoding"}


class Recording(BaseHTTPRequestHandler):
    """Gives the events in turn, and keeps what is posted."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        status, body, headers = self.server.events.pop(0)
        self.keep(b"")
        self.reply(status, body, headers)

    def do_POST(self) -> None:
        self.keep(self.rfile.read(int(self.headers["Content-Length"])))
        self.reply(403 if "/refused/" in self.path else 202, b"{}", {})

    def keep(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        kept = {name: value for name, value in headers.items() if name not in _CONNECTION}
        self.server.requests.append((self.command, self.path, kept, body))

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    """What one run has asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Recording)
        self.events = list(EVENTS)
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def run(server: Server, python: str, *arguments: str) -> tuple[list[Any], list[Any]]:
    server.events, server.requests = list(EVENTS), []
    address = "{}:{}".format(*server.server_address)
    command = [python, "-c", PROGRAM, *arguments]
    done = subprocess.run(
        command,
        env={"AWS_LAMBDA_RUNTIME_API": address, **measured.VARIABLES},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), server.requests  # theirs logs failures before


@pytest.fixture
def theirs(server: Server) -> tuple[list[Any], list[Any]]:
    return run(server, sys.executable)


@pytest.mark.parametrize("version", interpreters())
def test_the_same_requests_and_results(
    server: Server, theirs: tuple[list[Any], list[Any]], version: str
) -> None:
    results, requests = run(server, interpreters()[version], str(OURS))
    assert results == theirs[0]
    assert requests == theirs[1]


def test_what_is_no_invocation_is_an_error(server: Server) -> None:
    """Theirs ends the process with a segmentation fault."""
    address = "{}:{}".format(*server.server_address)
    server.events = [(500, b"", {})]
    program = PROGRAM.partition("body, headers")[0] + "print(said(client.next))"
    command = [sys.executable, "-c", program, str(OURS)]
    environment = {"AWS_LAMBDA_RUNTIME_API": address, **measured.VARIABLES}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "['RuntimeError', 'Failed to get next: 500']\n"
