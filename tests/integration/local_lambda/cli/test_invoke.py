"""`local_lambda invoke`: what goes where, and the exit status.

Python itself is started where the test is about the process: signals, its end, who reads what it writes.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.integration.local_lambda.conftest import TEMPLATE
from tests.integration.local_lambda.platform.test_environments import alive, wait_until_gone
from tests.support import preloaded
from tests.support.runtime_process import ROOT

PYTHON = [sys.executable, "-m", "local_lambda"]


def event(path: str, **query: str) -> bytes:
    return json.dumps({"rawPath": path, "queryStringParameters": query}).encode()


def invoke(
    *arguments: str, stdin: bytes = b"", template: Path = TEMPLATE
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [preloaded.command("local_lambda"), "invoke", "--template", str(template), *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )


def start(*arguments: str, sent: bytes) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [*PYTHON, "invoke", "--template", str(TEMPLATE), *arguments, "-e", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(sent)
    process.stdin.close()
    return process


def test_the_answer_on_stdout_as_it_comes_and_the_log_on_stderr() -> None:
    with start("RawFunction", sent=event("/lines", n="5", gap="0.2")) as process:
        assert process.stdout is not None
        times = []
        for i in range(5):
            assert process.stdout.readline() == f"line {i}\n".encode()
            times.append(time.monotonic())
        assert process.stdout.read() == b""
        assert process.stderr is not None
        log = process.stderr.read().decode()
        assert process.wait(30) == 0
    assert times[4] - times[0] >= 0.4  # four gaps of 0.2 s
    assert "RawFunction | START RequestId: " in log
    assert "RawFunction | REPORT RequestId: " in log
    assert "text/plain" not in log


def test_the_prelude_is_for_the_verbose() -> None:
    done = invoke("RawFunction", "-e", "-", stdin=event("/odd-cuts"))
    assert (done.returncode, done.stdout) == (0, b"\0\0body\0\0")
    assert b"X-One" not in done.stderr
    done = invoke("RawFunction", "-v", "-e", "-", stdin=event("/odd-cuts"))
    assert done.stdout == b"\0\0body\0\0"
    shown = [line for line in done.stderr.decode().splitlines() if line.startswith("< ")]
    assert shown == ["< 201", "< X-One: 1", "< Set-Cookie: a=1", "< Set-Cookie: b=2"]


def test_the_event_is_a_file_or_empty(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text('{"body": "[event[\'isBase64Encoded\'], 7]", "isBase64Encoded": false}')
    done = invoke("PlainFunction", "-e", str(file))
    assert (done.returncode, done.stdout) == (0, b"[false, 7]")
    done = invoke("InlineFunction")
    assert (done.returncode, done.stdout) == (0, b'"inline"')
    assert invoke("plain", "-e", str(file)).stdout == b"[false, 7]"  # by its FunctionName


@pytest.mark.parametrize(
    ("function", "sent", "written", "reason"),
    [
        (
            "PlainFunction",
            b'{"body": "1 / 0", "isBase64Encoded": false}',
            b"",
            "ZeroDivisionError: division by",
        ),
        (
            "RawFunction",
            event("/error-after", gap="0.1"),
            b"before the error",
            "ValueError: after the first byte",
        ),
        ("RawFunction", event("/exit", status="3"), b"", "Runtime exited with error: exit status 3"),
        ("ShortFunction", event("/sleep", after="9"), b"x" * 9, "Task timed out after 1.00 seconds"),
        ("BrokenFunction", b"{}", b"", "the module is broken"),
        ("UnwrappedFunction", b"{}", b"", "exit status 127"),
        ("RawFunction", event("/prelude-text", text=quote("no prelude")), b"", "the prelude is not valid"),
        ("RawFunction", event("/prelude-text", text=quote('{"statusCode"')), b"", "the prelude is not valid"),
    ],
)
def test_a_failure_is_1(function: str, sent: bytes, written: bytes, reason: str) -> None:
    done = invoke(function, "-e", "-", stdin=sent)
    assert (done.returncode, done.stdout) == (1, written)
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("The invocation failed: ")
    assert reason in last


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["Nobody"], "has no function Nobody, it has RawFunction, "),
        ([], "has several functions, name one: RawFunction, "),
        (["RawFunction", "-e", "nowhere.json"], "The event nowhere.json cannot be read: no such file"),
        (["RawFunction", "-e", "-"], "The event is not JSON: "),
        (["RawFunction", "--log-format", "xml"], "invalid choice: 'xml'"),
        (["RawFunction", "--env-vars", "nowhere.json"], "--env-vars nowhere.json cannot be read"),
        (["RawFunction", "--config-env", "nowhere"], "has no environment nowhere"),
        (["RawFunction", "--port", "1"], "unrecognized arguments: --port 1"),
    ],
)
def test_bad_usage_is_2(arguments: list[str], sentence: str) -> None:
    done = invoke(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    error = done.stderr.decode()
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(number: int) -> None:
    with start("RawFunction", sent=event("/sleep", after="5")) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == b"xxxxx"
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert children
        process.send_signal(number)
        assert process.wait(10) == 128 + number
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    wait_until_gone([int(child) for child in children])


def test_a_reader_that_leaves_stops_it_cleanly() -> None:
    with start("RawFunction", sent=event("/lines", n="1000", gap="0.01")) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"line 0\n"
        process.stdout.close()
        assert process.wait(10) == 128 + signal.SIGPIPE
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_a_reader_that_does_not_read_may_be_left() -> None:
    with start("RawFunction", sent=event("/big", mb="50")) as process:
        assert process.stdout is not None
        assert process.stdout.read(1000)
        assert alive(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 128 + signal.SIGINT


def test_a_log_that_nobody_reads_holds_nobody_up() -> None:
    """Python aborts (134) when its end finds a thread within the write of one of its files."""
    with start("RawFunction", sent=event("/logs")) as process:
        assert process.stdout is not None
        assert process.stdout.read() == b"{}"  # and of 300 kB of log nothing is read
        assert process.wait(10) == 0


def test_values_of_one_s_own(tmp_path: Path) -> None:
    values = tmp_path / "vars.json"
    values.write_text('{"PlainFunction": {"NUMBER": 8}, "Parameters": {"FLAG": "off"}}')
    body = "[os.environ[name] for name in ('GREETING', 'NUMBER', 'FLAG')]"
    source = json.dumps({"body": body, "isBase64Encoded": False}).encode()
    done = invoke(
        "PlainFunction",
        "-e",
        "-",
        "--env-vars",
        str(values),
        "--parameter-overrides",
        "Greeting=bye",
        stdin=source,
    )
    assert json.loads(done.stdout) == ["bye world", "8", "off"]
    config = tmp_path / "some.toml"
    config.write_text('version = 0.1\n[other.global.parameters]\nparameter_overrides = "Greeting=hi"\n')
    done = invoke(
        "PlainFunction", "-e", "-", "--config-file", str(config), "--config-env", "other", stdin=source
    )
    assert json.loads(done.stdout) == ["hi world", "7", "true"]


def test_a_log_for_machines() -> None:
    done = invoke("RawFunction", "--log-format", "json", "-e", "-", stdin=event("/logs"))
    assert (done.returncode, done.stdout) == (0, b"{}")
    lines = [json.loads(line) for line in done.stderr.decode().splitlines()]
    kinds = [(line["type"], line.get("message")) for line in lines if line["type"] != "local_lambda"]
    assert kinds[0] == ("function", "init of the raw runtime")
    assert kinds[1] == ("platform.start", None)
    assert ("function", "traceback\n\xa0\xa0in lines") in kinds
    assert kinds[-1] == ("platform.report", None)
    ours = [line for line in lines if line["type"] != "local_lambda"]
    assert {line["function"] for line in ours} == {"RawFunction"}
    assert {line["requestId"] for line in ours} == {lines[-1]["record"]["requestId"]}


def test_the_function_s_name_is_not_needed_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return event\n")
    template = tmp_path / "template.yaml"
    template.write_text(
        "Resources:\n  Only:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {Runtime: python3.11, Handler: app.handler, CodeUri: .}\n"
    )
    done = invoke("-e", "-", stdin=b'{"a": 1}', template=template)
    assert (done.returncode, done.stdout) == (0, b'{"a": 1}')


def test_a_terminal_gets_a_new_line() -> None:
    ours, theirs = os.openpty()
    done = subprocess.run(
        [preloaded.command("local_lambda"), "invoke", "--template", str(TEMPLATE), "InlineFunction"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL, timeout=60, check=True,
    )  # fmt: skip
    os.close(theirs)
    assert done.returncode == 0
    assert os.read(ours, 100) == b'"inline"\r\n'
    os.close(ours)


def on_a_terminal(*arguments: str, sent: bytes) -> bytes:
    """What a person sees: standard output and standard error on one terminal."""
    ours, theirs = os.openpty()
    subprocess.run(
        [preloaded.command("local_lambda"), "invoke", "--template", str(TEMPLATE), *arguments, "-e", "-"],
        cwd=ROOT, input=sent, stdout=theirs, stderr=theirs, timeout=60, check=True,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while data := os.read(ours, 65536):
            seen += data
    os.close(ours)
    return seen


def test_the_head_comes_before_the_body() -> None:
    seen = on_a_terminal("RawFunction", "-v", sent=event("/lines", n="3")).decode()
    assert seen.index("< Content-Type: text/plain") < seen.index("line 0")


def test_a_binary_response_is_not_for_a_terminal() -> None:
    seen = on_a_terminal("RawFunction", "-v", sent=event("/odd-cuts"))
    assert b"Warning: the response is binary" in seen
    assert b"\0" not in seen
    assert seen.index(b"< 201") < seen.index(b"< Set-Cookie: b=2") < seen.index(b"Warning: ")
