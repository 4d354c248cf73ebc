"""The Runtime API of an environment answers that environment alone: its own processes, by its own address."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Iterator

import pytest

from tests.support.url_client import request
from tests.unit.local_lambda.files import write
from tools.local_lambda_process import LocalLambda

TEMPLATE = """
Globals:
  Function:
    Runtime: python3.13
    Handler: app.handler
    CodeUri: src
    Timeout: 30
    FunctionUrlConfig: {AuthType: NONE}
Resources:
  One: {Type: AWS::Serverless::Function}
  Two: {Type: AWS::Serverless::Function}
"""
HANDLER = """
import http.client, os, subprocess, sys

CALL = '''
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1])
connection.request("GET", "/2018-06-01/ping", headers={"Host": sys.argv[2]})
response = connection.getresponse()
print(response.status, response.read().decode())
'''

def handler(event, context):
    query = event.get("queryStringParameters") or {}
    own = os.environ["AWS_LAMBDA_RUNTIME_API"]
    if not query:
        return own
    address = query.get("address", own)
    command = [sys.executable, "-c", CALL, address, query.get("host", address)]
    alone = {"start_new_session": True, "env": {}} if "alone" in query else {}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **alone).stdout
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    place = write(tmp_path_factory.mktemp("own"), {"template.yaml": TEMPLATE, "src/app.py": HANDLER})
    with LocalLambda(place / "template.yaml") as served:
        yield served


def call(running: LocalLambda, name: str, query: str) -> str:
    return request(running.urls[name], f"/?{query}").body.decode()


def address_of(running: LocalLambda, name: str) -> str:
    return request(running.urls[name]).body.decode()


@pytest.mark.parametrize("query", ["own=1", "alone=1", "host=localhost:1"])
def test_the_environment_s_processes_are_answered(running: LocalLambda, query: str) -> None:
    assert call(running, "One", query) == "200 pong\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose process a peer is")
def test_other_processes_are_not(running: LocalLambda) -> None:
    address = address_of(running, "One")
    answer = call(running, "Two", f"address={address}")
    assert answer.startswith("403 ")
    assert "another execution environment" in answer
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    assert connection.getresponse().status == 403
    connection.close()
    assert address_of(running, "One") == address, "it goes on"
    running.wait_for("One | [local_lambda] a process that is not of this environment has called")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_another_host_is_not(running: LocalLambda, host: str) -> None:
    """A page in a function's own browser may have its name resolve to 127.0.0.1."""
    answer = call(running, "One", f"host={host}")
    assert answer.startswith("403 ")
    assert host in answer


def test_what_the_kernel_says_of_a_connection() -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells whose process a peer is")
    import socket

    from local_lambda.process.peer import holds, socket_of

    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, name = server.accept()
        with accepted:
            inode = socket_of(name, server.getsockname())
            assert inode == os.fstat(client.fileno()).st_ino
            assert holds([os.getppid(), os.getpid()], inode)
            assert not holds([os.getppid()], inode)
            client.close()
            assert not socket_of(name, server.getsockname())
