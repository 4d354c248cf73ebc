"""The package in a function's folder, put there by the tools that people use, under AWS's emulator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.rie.emulator import Emulator
from tests.support import preloaded
from tests.support.package import MANAGED_RUNTIME, install_into, pip_install, wheel

PLAIN = """
import sys
from lambda_streaming import streamify_response

@streamify_response
def handler(event, context):
    yield {"statusCode": 200}
    yield sys.modules["__main__"].__file__
"""

FASTAPI = """
import sys
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from lambda_streaming.asgi import asgi

app = FastAPI()

@app.get("/")
async def home():
    return StreamingResponse(iter([sys.modules["__main__"].__file__]))

handler = asgi(app)
"""

EVENT = {
    "version": "2.0",
    "rawPath": "/",
    "rawQueryString": "",
    "headers": {"host": "x"},
    "requestContext": {
        "http": {"method": "GET", "path": "/", "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1"}
    },
}

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: src, Handler: app.handler, Runtime: python{version}}}
"""


def with_pip(task: Path) -> None:
    pip_install("--target", str(task), str(wheel()))


def with_uv(task: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    command = [
        uv,
        "pip",
        "install",
        "-q",
        "--no-index",
        "--python",
        sys.executable,
        "--target",
        str(task),
        str(wheel()),
    ]
    subprocess.run(command, check=True, timeout=300)


def with_sam_build(task: Path) -> None:
    project = task.with_name("project")
    source = project / "src"
    source.mkdir(parents=True)
    (source / "requirements.txt").write_text(f"lambda-streaming @ {wheel().as_uri()}\n")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (project / "template.yaml").write_text(TEMPLATE.format(version=version))
    sam = preloaded.command("sam")
    environment = {**os.environ, "SAM_CLI_TELEMETRY": "0"}
    subprocess.run([sam, "build"], cwd=project, env=environment, check=True, capture_output=True, timeout=300)
    shutil.copytree(project / ".aws-sam" / "build" / "Function", task, dirs_exist_ok=True)


def invoke(tmp_path: Path, task: Path, **variables: str) -> str:
    """Invoke the function twice; return the body, which is the script that its process was started with."""
    variables = {"LAMBDA_RUNTIME_DIR": str(MANAGED_RUNTIME), "LAMBDA_LAYERS_DIR": "/nowhere", **variables}
    with Emulator(tmp_path, task, variables, str(MANAGED_RUNTIME / "bootstrap.py")) as emulator:
        bodies = []
        for _ in range(2):
            status, response = emulator.invoke(json.dumps(EVENT).encode())
            prelude, separator, body = response.partition(b"\0" * 8)
            assert status == 200
            assert separator, (response, emulator.log)
            assert json.loads(prelude)["statusCode"] == 200
            bodies.append(body.decode())
    assert bodies[0] == bodies[1]
    return bodies[0]


@pytest.mark.parametrize("install", [with_pip, with_uv, with_sam_build])
def test_the_package_alone(tmp_path: Path, install: Callable[[Path], None]) -> None:
    task = tmp_path / "task"
    task.mkdir()
    install(task)
    version = f"{sys.version_info.major}{sys.version_info.minor}"
    assert list(task.glob(f"lambda_streaming/__pycache__/_main.*{version}.pyc")), "not compiled"
    (task / "app.py").write_text(PLAIN)
    assert invoke(tmp_path, task, LAMBDA_STREAMING="1") == str(MANAGED_RUNTIME / "bootstrap.py")


def test_a_fastapi_app_by_the_package_alone(tmp_path: Path) -> None:
    task = tmp_path / "task"
    task.mkdir()
    install_into(task)
    (task / "app.py").write_text(FASTAPI)
    assert invoke(tmp_path, task, LAMBDA_STREAMING="1") == str(MANAGED_RUNTIME / "bootstrap.py")


@pytest.mark.parametrize("source", [PLAIN, FASTAPI])
def test_the_wrapper_in_the_function_s_folder(tmp_path: Path, source: str) -> None:
    """What the package prints, made executable, as the page says."""
    task = tmp_path / "task"
    task.mkdir()
    install_into(task)
    (task / "app.py").write_text(source)
    wrapper = task / "streaming-bootstrap"
    with wrapper.open("wb") as file:
        environment = {"PYTHONPATH": str(task)}
        command = [sys.executable, "-m", "lambda_streaming", "wrapper"]
        subprocess.run(command, stdout=file, env=environment, check=True, timeout=60)
    wrapper.chmod(0o755)
    body = invoke(tmp_path, task, AWS_LAMBDA_EXEC_WRAPPER=str(wrapper))
    assert body == str(task / "lambda_streaming" / "__main__.py")
