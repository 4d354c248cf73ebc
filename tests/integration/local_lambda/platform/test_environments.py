"""Execution environments: how a process is started, used again, watched and ended."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from local_lambda.log.terminal import FunctionLog
from local_lambda.platform import environment
from local_lambda.platform.environment import ExecutionEnvironment
from local_lambda.platform.invocation import FunctionError, Invocation, ResponseHead
from local_lambda.process.launch_spec import LaunchSpec
from local_lambda.process.watchdog import Watchdog
from tests.integration.local_lambda.conftest import TEMPLATE
from tests.support.recorded_terminal import RecordedTerminal
from tests.support.runtime_process import ROOT
from tests.support.url_client import Answer, open_request, request
from tools.local_lambda_process import LocalLambda, free_ports


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in pids if alive(pid)]


def test_the_process_is_started_as_lambda_starts_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    process = request(url, "/process").json
    environ = process["environ"]
    task_root = TEMPLATE.parent / "raw"
    assert process["cwd"] == str(task_root)
    assert process["argv"] == [str(task_root / "bootstrap")]
    expected = {
        "_HANDLER": "raw.handler",
        "LAMBDA_TASK_ROOT": str(task_root),
        "AWS_LAMBDA_FUNCTION_NAME": "RawFunction",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/RawFunction",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "TZ": ":UTC",
    }
    assert {name: environ.get(name) for name in expected} == expected
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", environ["AWS_LAMBDA_LOG_STREAM_NAME"])
    assert re.fullmatch(r"127\.0\.0\.1:\d+", environ["AWS_LAMBDA_RUNTIME_API"])
    # Nothing of the user's own environment, and no credentials out of nowhere.
    assert not {"HOME", "USER", "VIRTUAL_ENV", "PYTHONPATH", "AWS_EXECUTION_ENV"} & set(environ)


def test_next_tells_what_the_runtime_needs(url: str) -> None:
    answer = request(url, "/process")
    headers = answer.json["headers"]
    assert headers["lambda-runtime-aws-request-id"] == answer.headers["x-amzn-RequestId"]
    assert headers["lambda-runtime-trace-id"] == answer.headers["X-Amzn-Trace-Id"]
    arn = r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:RawFunction"
    assert re.fullmatch(arn, headers["lambda-runtime-invoked-function-arn"])
    remaining = int(headers["lambda-runtime-deadline-ms"]) / 1000 - time.time()
    assert 20 < remaining <= 30


def test_overlapping_requests_get_environments_of_their_own_which_are_used_again(
    served: LocalLambda,
) -> None:
    url = served.urls["RawBufferedFunction"]
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(request(url, "/process?wait=0.5"))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pids = {answer.json["pid"] for answer in answers}
    assert len(pids) == 3
    for _ in range(4):
        assert request(url, "/process").json["pid"] in pids


def test_an_idle_environment_that_dies_is_replaced(served: LocalLambda) -> None:
    url = served.urls["RawBufferedFunction"]
    victims = set()
    pid = request(url, "/process").json["pid"]
    while pid not in victims:
        victims.add(pid)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone([pid])
        answer = request(url, "/process")
        assert answer.status == 200
        if answer.json["pid"] not in victims:
            return
    raise AssertionError("a dead process answered")


def test_the_log_has_every_line_in_order(served: LocalLambda, url: str) -> None:
    request_id = request(url, "/logs").headers["x-amzn-RequestId"]
    served.wait_for(f"REPORT RequestId: {request_id}")
    output = served.output
    log = output[output.index(f"START RequestId: {request_id}") :]
    log = log[: log.index("\n", log.index(f"REPORT RequestId: {request_id}"))]
    # Another environment may still be reporting.
    lines = [line for line in log.split("\n") if "RequestId: " not in line or request_id in line]
    lines = [line.removeprefix("RawFunction | ") for line in lines]
    assert lines[:5] == [
        f"START RequestId: {request_id} Version: $LATEST",
        "first line",
        "second line, on stderr",
        "traceback",
        "\xa0\xa0in lines",
    ]
    assert (set(lines[5]), set(lines[6])) == ({"x"}, {"x"})
    assert len(lines[5]) + len(lines[6]) == 300_000
    assert lines[7:9] == ["without an end", f"END RequestId: {request_id}"]
    assert re.fullmatch(
        rf"REPORT RequestId: {request_id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 256 MB\tMax Memory Used: [1-9]\d* MB(\tInit Duration: \d+\.\d\d ms)?",
        lines[9],
    )


def test_a_module_that_does_not_import(served: LocalLambda) -> None:
    for _ in range(2):
        answer = request(served.urls["BrokenFunction"])
        assert (answer.status, answer.body) == (502, b"Internal Server Error")
        request_id = answer.headers["x-amzn-RequestId"]
        served.wait_for(f"END RequestId: {request_id}")
    served.wait_for("BrokenFunction | Traceback (most recent call last):")
    served.wait_for("RuntimeError: the module is broken")
    served.wait_for("INIT_REPORT Init Duration:")


def test_a_wrapper_that_does_not_exist(served: LocalLambda) -> None:
    assert request(served.urls["UnwrappedFunction"]).status == 502
    served.wait_for("UnwrappedFunction | /opt/nowhere: does not exist")
    served.wait_for("Runtime exited with error: exit status 127")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process(number: int) -> None:
    with LocalLambda(TEMPLATE, ports=12) as running:
        url = running.urls["RawFunction"]
        pids = [request(url, "/process").json["pid"], request(url, "/spawn").json["pid"]]
        connection, response = open_request(url, "/lines?n=1000")
        response.readline()
        pids.append(request(url, "/process").json["pid"])
        assert all(map(alive, pids))
        started = time.monotonic()
        assert running.stop(number) == 0
        assert time.monotonic() - started < 10
        wait_until_gone(pids)
        connection.close()


def test_a_killed_local_lambda_leaves_no_process_and_no_directory() -> None:
    with LocalLambda(TEMPLATE, ports=12) as running:
        url = running.urls["RawFunction"]
        idle = request(url, "/process").json
        connection, response = open_request(url, "/sleep?after=10")
        response.read(1)
        busy = request(url, "/process").json
        work = Path(idle["environ"]["LAMBDA_RUNTIME_DIR"]).parent
        assert work.is_dir()
        running.stop(signal.SIGKILL)
        wait_until_gone([idle["pid"], busy["pid"]])
        deadline = time.monotonic() + 10
        while work.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not work.exists()
        connection.close()
        response.close()


def test_an_output_that_nobody_reads_holds_nobody_up() -> None:
    port = free_ports(12)
    command = [sys.executable, "-m", "local_lambda", "start", "--template", str(TEMPLATE)]
    with subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while process.stdout.readline() != b"Ready\n":
            pass
        for _ in range(20):  # far more than a pipe holds
            assert request(f"http://127.0.0.1:{port + 2}", "/logs").status == 200
        process.terminate()
        assert process.wait(10) == 0


def test_an_init_that_does_not_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "INIT_SECONDS", 0.1)
    terminal = RecordedTerminal()
    errors: list[FunctionError | None] = []

    async def init() -> bool:
        with Watchdog(tmp_path / "work") as watchdog:
            argv = [sys.executable, "-c", "print('init', flush=True); import time; time.sleep(60)"]
            spec = LaunchSpec(
                argv=argv,
                variables=lambda api: {},
                directory=tmp_path,
                function_arn="arn",
                timeout=1,
                memory=128,
                watchdog=watchdog,
            )
            environment = ExecutionEnvironment(spec, FunctionLog(terminal, "F"))
            ending = await environment.invoke(Invocation("an-id", b"{}", "Root=1"), Collector(errors))
            await environment.close()
            return ending.usable

    assert asyncio.run(init()) is False
    terminal.close(5)
    assert [error.type for error in errors if error] == ["Sandbox.Timedout"]
    assert "F | init\nF | INIT_REPORT Init Duration: 1" in terminal.text
    assert "an-id Task timed out after 1.00 seconds" in terminal.text
    assert terminal.text.endswith("Status: timeout\n")


class Collector:
    """A receiver that keeps how the response ended."""

    def __init__(self, errors: list[FunctionError | None]) -> None:
        self._errors = errors

    async def start(self, head: ResponseHead) -> None:
        raise AssertionError("nothing answers")

    async def write(self, data: bytes) -> None:
        raise AssertionError("nothing answers")

    def end(self, error: FunctionError | None) -> None:
        self._errors.append(error)
