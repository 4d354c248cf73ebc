"""What a function starts ends with its environment, whatever session and parent it has given itself."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_lambda.process.offspring import kill_marked, marked, new_marks
from tests.support.runtime_process import ROOT
from tests.support.url_client import request
from tests.unit.local_lambda.files import write
from tools.local_lambda_process import LocalLambda

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have process groups only")

TEMPLATE = """
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: src
      Timeout: 1
      FunctionUrlConfig: {AuthType: NONE}
  Other:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: other
      Timeout: 30
      FunctionUrlConfig: {AuthType: NONE}
"""
HANDLER = """
import os, subprocess, time

def handler(event, context):
    name = event["rawQueryString"]
    if event["rawPath"] != "/":
        subprocess.Popen(["sleep", name + "1"])
        subprocess.Popen(["sleep", name + "2"], start_new_session=True, env={})
        daemon = "(setsid setsid sleep " + name + "3 </dev/null >/dev/null 2>&1 &)"
        subprocess.run(["/bin/sh", "-c", daemon], env={"PATH": os.defpath}, check=True)
    if event["rawPath"] == "/timeout":
        time.sleep(60)
    if event["rawPath"] == "/exit":
        os._exit(1)
    return os.getpid()
"""


def sleeping(name: str) -> list[int]:
    """The ids of a test's processes that sleep, and are not only about to (`setsid sleep 1.5`)."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if place.read_bytes().startswith(f"sleep\0{name}".encode()):
                found.append(int(place.parent.name))
    return found


def wait_for(name: str, count: int) -> None:
    deadline = time.monotonic() + 20
    while len(sleeping(name)) != count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(sleeping(name)) == count


@pytest.fixture
def name() -> Iterator[str]:
    """What the processes of one test sleep for, in seconds: unlike all others'."""
    name = f"{secrets.randbelow(10**6) + 10**6}."
    yield name
    for pid in sleeping(name):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    write(tmp_path, {"template.yaml": TEMPLATE, "src/app.py": HANDLER, "other/app.py": HANDLER})
    return tmp_path / "template.yaml"


def test_it_ends_with_its_own_environment_only(template: Path, name: str) -> None:
    others = "7" + name
    with LocalLambda(template) as running:
        url = running.urls["F"]
        assert request(running.urls["Other"], f"/stay?{others}").status == 200, running.output
        wait_for(others, 3)
        for path in ("/timeout", "/exit"):
            assert request(url, f"{path}?{name}").status == 502
            wait_for(name, 0)
        assert request(url, f"/stay?{name}").status == 200, running.output
        wait_for(name, 3)
        (template.parent / "src" / "app.py").write_text(HANDLER + "\n")
        running.wait_for("Reloaded F")
        wait_for(name, 0)
        assert len(sleeping(others)) == 3
    wait_for(others, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_local_lambda(template: Path, name: str, number: signal.Signals) -> None:
    with LocalLambda(template) as running:
        answer = request(running.urls["F"], f"/stay?{name}")
        assert answer.status == 200, running.output
        process = int(answer.body)
        assert Path(f"/proc/{process}").exists(), "a function sees its process's own id"
        wait_for(name, 3)
        running.stop(number)
    wait_for(name, 0)


def test_it_ends_with_a_command_that_is_over(template: Path, name: str) -> None:
    event = template.with_name("event.json")
    event.write_text(f'{{"rawPath": "/stay", "rawQueryString": "{name}"}}')
    command = [sys.executable, "-m", "local_lambda", "invoke", "F", "-t", str(template), "-e", str(event)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    wait_for(name, 0)


def test_a_process_without_a_mark_is_left_alone(name: str) -> None:
    marks, others = new_marks(), new_marks()
    daemon = ["/bin/sh", "-c", f"(setsid sleep {name}1 &) ; exec sleep {name}2"]
    started = []
    for mark in (marks[0], marks[1], others[0]):
        with marked(mark):
            started.append(subprocess.Popen(daemon, env={}))
    started.append(subprocess.Popen(daemon))
    try:
        wait_for(name, 8)
        kill_marked(marks[:1])
        wait_for(name, 6)
        kill_marked(marks)
        wait_for(name, 4)
        kill_marked(others)
        wait_for(name, 2)
    finally:
        for process in started:
            process.kill()
            process.wait()
