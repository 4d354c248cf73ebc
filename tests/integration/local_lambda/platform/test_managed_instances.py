"""Lambda Managed Instances: an environment takes as many invocations at once as the template says."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.local_lambda.platform.test_environments import alive, wait_until_gone
from tests.support.api_client import boto_client
from tests.support.url_client import Answer, open_request, request
from tools.local_lambda_process import LocalLambda

# One process with so many connections to the Runtime API, which is what AWS's runtimes but Python's do.
RUNTIME = """#!/usr/bin/env python3
import http.client, json, os, signal, sys, threading, time
from urllib.parse import parse_qs
host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
workers = int(os.environ["AWS_LAMBDA_MAX_CONCURRENCY"])
BASE = "/2018-06-01/runtime/invocation/"
if "FAIL" in os.environ:
    connection = http.client.HTTPConnection(host, int(port))
    error = {"Lambda-Runtime-Function-Error-Type": "My.Error"}
    connection.request("POST", "/2018-06-01/runtime/init/error", b'{"errorType":"My.Error"}', error)
    connection.getresponse().read()
    sys.exit(1)
at_work = set()

def log(**fields):  # in one piece: a print by another thread may come between a text and its newline
    os.write(1, json.dumps(fields).encode() + b"\\n")

def work():
    connection = http.client.HTTPConnection(host, int(port))
    while True:
        connection.request("GET", BASE + "next")
        response = connection.getresponse()
        event = json.loads(response.read())
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
        at_work.add(request_id)
        log(requestId=request_id, message="at work")
        query = {k: v[0] for k, v in parse_qs(event.get("rawQueryString", "")).items()}
        if "exit" in query:
            os.kill(os.getpid(), signal.SIGKILL)
        while len(at_work) < int(query.get("meet", 0)):
            time.sleep(0.01)
        time.sleep(float(query.get("late", 0)))
        def body():
            yield json.dumps({
                "pid": os.getpid(),
                "variables": {k: v for k, v in os.environ.items() if k.startswith("AWS_LAMBDA_")},
            }).encode()
            for i in range(int(query.get("lines", 0))):
                time.sleep(0.02)
                yield b"\\n%d" % i
        try:
            connection.request("POST", BASE + request_id + "/response", body(), encode_chunked=True)
            response = connection.getresponse()
            response.read()
            log(message=f"the reply was {response.status}")
        except OSError as error:
            log(message="the post broke off")
            connection.close()
        at_work.discard(request_id)

for _ in range(workers - 1):
    threading.Thread(target=work, daemon=True).start()
work()
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: provided.al2023
    Handler: x
    CodeUri: code
    Timeout: 30
    CapacityProviderConfig: {Arn: a, PerExecutionEnvironmentMaxConcurrency: 4}
    FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
Resources:
  Managed: {Type: AWS::Serverless::Function}
  Short:
    Type: AWS::Serverless::Function
    Properties: {Timeout: 3}
  Reserved:
    Type: AWS::Serverless::Function
    Properties: {ReservedConcurrentExecutions: 2}
  Failing:
    Type: AWS::Serverless::Function
    Properties:
      Environment: {Variables: {FAIL: "1"}}
  Plain:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: provided.al2023
      Handler: x
      Code: code
      MemorySize: 4096
      CapacityProviderConfig:
        LambdaManagedInstancesCapacityProviderConfig: {CapacityProviderArn: a}
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    directory = tmp_path_factory.mktemp("managed")
    (directory / "code").mkdir()
    bootstrap = directory / "code" / "bootstrap"
    bootstrap.write_text(RUNTIME)
    bootstrap.chmod(0o755)
    (directory / "template.yaml").write_text(TEMPLATE)
    with LocalLambda(directory / "template.yaml") as local_lambda:
        yield local_lambda


def at_once(url: str, *paths: str) -> list[Answer]:
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(lambda path: request(url, path), paths))


def pid_of(answer: Answer) -> int:
    return int(json.loads(answer.body.partition(b"\n")[0])["pid"])


def request_id_of(answer: Answer) -> str:
    return answer.headers["x-amzn-RequestId"]


def test_one_process_serves_as_many_as_the_template_says(running: LocalLambda) -> None:
    answers = at_once(running.urls["Managed"], *["/?meet=4&lines=20"] * 4)
    assert [answer.status for answer in answers] == [200] * 4
    assert len({pid_of(answer) for answer in answers}) == 1
    lines = b"".join(b"\n%d" % i for i in range(20))
    assert all(answer.body.endswith(b"}" + lines) for answer in answers)


def test_the_next_one_gets_another_environment(running: LocalLambda) -> None:
    url = running.urls["Managed"]
    answers = at_once(url, *["/?lines=50"] * 5)
    assert len({pid_of(answer) for answer in answers}) == 2


def test_what_the_runtime_is_told(running: LocalLambda) -> None:
    variables = json.loads(request(running.urls["Managed"]).body)["variables"]
    assert variables["AWS_LAMBDA_MAX_CONCURRENCY"] == "4"
    assert variables["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances"
    assert (variables["AWS_LAMBDA_LOG_FORMAT"], variables["AWS_LAMBDA_LOG_LEVEL"]) == ("JSON", "INFO")
    client = boto_client("lambda", f"http://127.0.0.1:{running.port}")
    answer = json.loads(client.invoke(FunctionName="Plain")["Payload"].read())
    client.close()
    assert answer["variables"]["AWS_LAMBDA_MAX_CONCURRENCY"] == "32"  # 16 for each of 2 vCPUs


def test_the_log_of_each(running: LocalLambda) -> None:
    answers = at_once(running.urls["Managed"], "/?lines=20", "/?lines=20")
    for answer in answers:
        request_id = request_id_of(answer)
        running.wait_for(f"REPORT RequestId: {request_id}\tDuration: ")
        lines = [line for line in running.output.splitlines() if request_id in line]
        assert [line.split(request_id)[0] for line in lines] == [
            "Managed | START RequestId: ",
            'Managed | {"requestId": "',
            "Managed | END RequestId: ",
            "Managed | REPORT RequestId: ",
        ]
        assert "Billed" not in lines[-1]
    assert "Managed | INIT_REPORT Init Duration: " in running.output


def test_a_timeout_is_of_one_invocation_and_kills_nothing(running: LocalLambda) -> None:
    url = running.urls["Short"]
    pid = pid_of(request(url))
    late, cut, good = at_once(url, "/?late=4", "/?lines=400", "/?lines=5")
    assert (late.status, late.body) == (502, b"Internal Server Error")
    assert (cut.status, cut.complete) == (200, False)
    assert (good.status, good.complete) == (200, True)
    running.wait_for("the reply was 410")
    assert pid_of(request(url)) == pid
    running.wait_for(f"REPORT RequestId: {request_id_of(late)}")
    report = next(
        line for line in running.output.splitlines() if f"REPORT RequestId: {request_id_of(late)}" in line
    )
    assert report.endswith("Status: timeout")
    assert f"{request_id_of(late)} Task timed out after 3.00 seconds" in running.output


def test_a_runtime_that_exits_ends_all_of_its_invocations(running: LocalLambda) -> None:
    url = running.urls["Managed"]
    connection, response = open_request(url, "/?lines=1000")
    pid = json.loads(response.readline())["pid"]
    answer = request(url, "/?exit=1")
    assert answer.status == 502
    wait_until_gone([pid])
    assert not Answer(response).complete
    connection.close()
    assert pid_of(request(url)) != pid


def test_reserved_concurrency_as_ever(running: LocalLambda) -> None:
    url = running.urls["Reserved"]
    streams = [open_request(url, "/?lines=100") for _ in range(2)]
    assert request(url).status == 429
    for connection, response in streams:
        response.read()
        connection.close()
    assert request(url).status == 200


def test_an_init_that_fails_fails_all_who_wait_for_it(running: LocalLambda) -> None:
    answers = at_once(running.urls["Failing"], "/", "/", "/")
    assert [answer.status for answer in answers] == [502] * 3
    running.wait_for("Status: error\tError Type: Runtime.Unknown")


def test_stopping_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "bootstrap").write_text(RUNTIME)
    (tmp_path / "code" / "bootstrap").chmod(0o755)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    with LocalLambda(tmp_path / "template.yaml") as local_lambda:
        connection, response = open_request(local_lambda.urls["Managed"], "/?lines=1000")
        pid = json.loads(response.readline())["pid"]
        assert alive(pid)
        assert local_lambda.stop(signal.SIGINT) == 0
        wait_until_gone([pid])
        connection.close()


def test_the_terminal_says_how_many_an_environment_takes(running: LocalLambda) -> None:
    assert "Managed: an execution environment takes 4 invocations at once" in running.output
