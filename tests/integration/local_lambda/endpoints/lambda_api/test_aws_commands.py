"""The AWS CLI and `sam remote invoke`, as they are, against the Lambda API."""

from __future__ import annotations

import ast
import base64
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.support.api_client import environment
from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


@pytest.fixture(scope="module")
def environ(served: LocalLambda) -> dict[str, str]:
    return environment(f"http://127.0.0.1:{served.port}")


@pytest.fixture(scope="module")
def aws(environ: dict[str, str]) -> str:
    """The user's own AWS CLI, of version 2."""
    for directory in os.get_exec_path():
        command = shutil.which("aws", path=directory)
        if command and run(environ, Path("/"), command, "--version").stdout.startswith("aws-cli/2"):
            return command
    pytest.skip("there is no AWS CLI of version 2 on PATH")


def run(environ: dict[str, str], directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=directory, env=environ, capture_output=True, text=True, timeout=100, check=False
    )


def endpoint(environ: dict[str, str]) -> list[str]:
    """The variable alone does from version 2.13 on."""
    return ["--endpoint-url", environ["AWS_ENDPOINT_URL"]]


def event(path: str, **query: str) -> str:
    return json.dumps({"rawPath": path, "queryStringParameters": query})


def test_aws_lambda_invoke(environ: dict[str, str], tmp_path: Path, aws: str) -> None:
    payload = '{"body": "[7, print(8)]", "isBase64Encoded": false}'
    command = [aws, "lambda", "invoke", "--function-name", "plain", "--log-type", "Tail"]
    command += ["--cli-binary-format", "raw-in-base64-out", *endpoint(environ)]
    done = run(environ, tmp_path, *command, "--payload", payload, "out")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "\n8\n" in base64.b64decode(answer["LogResult"]).decode()
    assert (tmp_path / "out").read_text() == "[7, null]"


def test_aws_lambda_tells_of_functions(
    environ: dict[str, str], tmp_path: Path, served: LocalLambda, aws: str
) -> None:
    command = [aws, "lambda", *endpoint(environ)]
    done = run(environ, tmp_path, *command, "get-function-url-config", "--function-name", "RawFunction")
    assert json.loads(done.stdout)["FunctionUrl"] == served.urls["RawFunction"]
    done = run(environ, tmp_path, *command, "list-functions", "--query", "Functions[].FunctionName")
    assert "plain" in json.loads(done.stdout)
    done = run(environ, tmp_path, *command, "get-function", "--function-name", "nobody")
    assert (
        f"(ResourceNotFoundException) when calling the GetFunction operation: Function not found: {ARN}nobody"
        in (done.stderr)
    )


@pytest.mark.parametrize("name", ["RawFunction", f"{ARN}RawFunction"])
def test_sam_remote_invoke_prints_text_as_it_is_written(
    environ: dict[str, str], tmp_path: Path, name: str
) -> None:
    command = ["sam", "remote", "invoke", name, "--event", event("/lines", n="5", gap="0.3")]
    arrived: list[tuple[str, float]] = []
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        log: list[str] = []
        reader = threading.Thread(target=lambda pipe: log.append(pipe.read()), args=[process.stderr])
        reader.start()
        for line in process.stdout:
            if line.startswith("line "):
                arrived.append((line, time.monotonic()))
        reader.join()
        assert process.wait() == 0, log
    assert [line for line, _ in arrived] == [f"line {i}\n" for i in range(5)]
    assert arrived[4][1] - arrived[0][1] >= 0.6  # four gaps of 0.3 s
    assert "REPORT RequestId: " in log[0]


def test_sam_remote_invoke_finds_a_function_in_a_stack(environ: dict[str, str], tmp_path: Path) -> None:
    body = '{"body": "[event[\'body\'][:1]]", "isBase64Encoded": false}'
    command = ["sam", "remote", "invoke", "PlainFunction", "--stack-name", "some-stack", "--event", body]
    done = run(environ, tmp_path, *command)
    assert done.returncode == 0, done.stderr
    assert '["["]' in done.stdout
    done = run(environ, tmp_path, *command[:3], "Nobody", *command[4:])
    assert done.returncode != 0
    assert "Nobody" in done.stderr


def test_sam_remote_invoke_shows_an_error_as_json(environ: dict[str, str], tmp_path: Path) -> None:
    command = ["sam", "remote", "invoke", "RawFunction", "--output", "json", "--event", event("/error-after")]
    done = run(environ, tmp_path, *command)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    chunk, complete = answer["EventStream"]
    assert chunk == {"PayloadChunk": {"Payload": "before the error"}}
    assert complete["InvokeComplete"]["ErrorCode"] == "ValueError"


def test_the_documented_client() -> None:
    """The snippet of docs/local-lambda.md, as it stands but for the port."""
    page = (ROOT / "docs" / "local-lambda.md").read_text()
    snippet = page.partition("```python\n")[2].partition("```")[0]
    with LocalLambda(ROOT / "template.yaml") as running:
        endpoint = f"http://127.0.0.1:{running.port}"
        assert "http://127.0.0.1:3000" in snippet
        code = snippet.replace("http://127.0.0.1:3000", endpoint)
        done = run(environment(endpoint), ROOT, sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    pieces = [ast.literal_eval(line) for line in done.stdout.splitlines()]
    assert pieces[-1] == {}
    body = b"".join(pieces[:-1]).partition(b"\0" * 8)[2]
    assert body == b"".join(b"Hello %d \n" % i for i in range(101))
    assert len(pieces) > 10  # on a busy machine several lines come in one
