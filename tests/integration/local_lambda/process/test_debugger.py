"""`--debug`: a debugger gets in before the function's first line, through the Debug Adapter Protocol."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.runtime_process import ROOT
from tests.support.url_client import Answer, request
from tools.local_lambda_process import LocalLambda, free_ports, release_ports

TEMPLATE = """
Resources:
  SomeFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      Handler: app.handler
      CodeUri: src
      Timeout: 1
      FunctionUrlConfig: {AuthType: NONE}
"""
WAITING = "SomeFunction | Waiting for a debugger"
SOURCE = """def handler(event, context):
    answer = "not"
    answer += " debugged"
    return answer
"""


class Debugger:
    """As much of a DAP client as stops at a line, changes a variable, and goes on."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._stream = self._socket.makefile("rb")
        self._count = 0

    def send(self, command: str, **arguments: Any) -> None:
        self._count += 1
        message = {"seq": self._count, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def wait_for(self, name: str) -> dict[str, Any]:
        """The next event, or answer to a command, of that name."""
        while True:
            length = 0
            while line := self._stream.readline().strip():
                length = int(line.split(b":")[1])
            message: dict[str, Any] = json.loads(self._stream.read(length))
            if name in (message.get("event"), message.get("command")):
                return message.get("body") or {}

    def close(self) -> None:
        self._stream.close()
        self._socket.close()


def launch_configuration() -> dict[str, Any]:
    """That of docs/local-lambda.md, as it stands."""
    page = (ROOT / "docs" / "local-lambda.md").read_text()
    launch = json.loads(page.partition("```json\n")[2].partition("```")[0])
    (configuration,) = launch["configurations"]
    return dict(configuration)


class Session:
    """A request that a debugger stops at a line, and what it sees there."""

    def __init__(self, running: LocalLambda, port: int, **attach: Any) -> None:
        self.answers: list[Answer] = []
        url = running.urls["SomeFunction"]
        waiting = running.output.count(WAITING)
        self._caller = threading.Thread(target=lambda: self.answers.append(request(url)))
        self._caller.start()
        deadline = time.monotonic() + 60
        while running.output.count(WAITING) == waiting:
            assert time.monotonic() < deadline, running.output
            time.sleep(0.02)
        self.debugger = Debugger(port)
        self.debugger.send("initialize", adapterID="test", pathFormat="path")
        self.debugger.wait_for("initialize")
        self.debugger.send("attach", **attach)
        self.debugger.wait_for("initialized")

    def stop_at(self, path: Path, line: int) -> tuple[str, str, int, int]:
        """Where it has stopped: function, file, line, and the frame's id."""
        breakpoints = [{"line": line}]
        self.debugger.send("setBreakpoints", source={"path": str(path)}, breakpoints=breakpoints)
        self.debugger.send("configurationDone")
        self.thread = self.debugger.wait_for("stopped")["threadId"]
        self.debugger.send("stackTrace", threadId=self.thread)
        frame = self.debugger.wait_for("stackTrace")["stackFrames"][0]
        return frame["name"], frame["source"]["path"], frame["line"], frame["id"]

    def go_on(self) -> bytes:
        self.debugger.send("continue", threadId=self.thread)
        self._caller.join(60)
        self.debugger.close()
        return self.answers[0].body


@pytest.mark.parametrize("mapped", [False, True], ids=["plain", "as Visual Studio Code"])
def test_a_debugger_stops_in_the_source_and_changes(tmp_path: Path, mapped: bool) -> None:
    """Of a built function, and after a save, when another copy runs."""
    source = tmp_path / "src" / "app.py"
    built = tmp_path / ".aws-sam" / "build"
    for path in (source, built / "SomeFunction" / "app.py"):
        path.parent.mkdir(parents=True)
        path.write_text(SOURCE)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (built / "template.yaml").write_text(TEMPLATE.replace("CodeUri: src", "CodeUri: SomeFunction"))
    port = free_ports(1)
    attach = {key: value for key, value in launch_configuration().items() if key not in ("name", "connect")}
    if mapped:
        attach["pathMappings"] = [{"localRoot": str(tmp_path), "remoteRoot": str(tmp_path)}]
    with LocalLambda(tmp_path / "template.yaml", "--debug", str(port)) as running:
        note = f"Note: SomeFunction will wait for a debugger at 127.0.0.1:{port} when it is invoked"
        assert note in running.output
        assert WAITING not in running.output
        for text, line in ((SOURCE, 3), ("\n" + SOURCE, 4)):
            if line == 4:
                source.write_text(text)
                running.wait_for("Reloaded SomeFunction: app.py changed")
            session = Session(running, port, **attach)
            name, path_, stopped, frame = session.stop_at(source, line)
            assert (name, path_, stopped) == ("handler", str(source), line)
            change = {"expression": "answer = 'well'", "frameId": frame, "context": "repl"}
            session.debugger.send("evaluate", **change)
            session.debugger.wait_for("evaluate")
            assert session.go_on() == b"well debugged", running.output
        assert f"{WAITING} at 127.0.0.1:{port}\n" in running.output
    release_ports(port)


def test_the_documented_port_is_that_of_the_documented_command() -> None:
    configuration = launch_configuration()
    assert configuration["connect"] == {"host": "127.0.0.1", "port": 5678}
    assert "pathMappings" not in configuration


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        start = [sys.executable, "-m", "local_lambda", "invoke", "-t", str(tmp_path / "template.yaml")]
        command = [*start, "--debug", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        f"local_lambda: Port {port} is taken: choose another with --debug.\n",
    )
