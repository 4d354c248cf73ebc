"""`--debug`: a debugger gets in before the function's first line, through the Debug Adapter Protocol."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any

from tests.support.url_client import Answer, request
from tools.local_lambda_process import LocalLambda

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


def test_a_debugger_stops_and_changes(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    source = tmp_path / "src" / "app.py"
    source.write_text(SOURCE)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with LocalLambda(tmp_path / "template.yaml", "--debug", str(port)) as running:
        assert f"Note: SomeFunction waits for a debugger at 127.0.0.1:{port}" in running.output
        answers: list[Answer] = []
        caller = threading.Thread(target=lambda: answers.append(request(running.urls["SomeFunction"])))
        caller.start()
        running.wait_for("SomeFunction | Waiting for a debugger")
        debugger = Debugger(port)
        debugger.send("initialize", adapterID="test", pathFormat="path")
        debugger.wait_for("initialize")
        debugger.send("attach", justMyCode=False)
        debugger.wait_for("initialized")
        debugger.send("setBreakpoints", source={"path": str(source)}, breakpoints=[{"line": 3}])
        debugger.send("configurationDone")
        thread = debugger.wait_for("stopped")["threadId"]
        debugger.send("stackTrace", threadId=thread)
        frame = debugger.wait_for("stackTrace")["stackFrames"][0]
        assert (frame["name"], frame["line"]) == ("handler", 3)
        debugger.send("evaluate", expression="answer = 'well'", frameId=frame["id"], context="repl")
        debugger.wait_for("evaluate")
        debugger.send("continue", threadId=thread)
        caller.join(30)
        debugger.close()
    assert [answer.body for answer in answers] == [b"well debugged"], running.output
