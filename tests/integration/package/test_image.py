"""The package in site-packages, as in a container image: every Python that starts reads its `.pth`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.package.conftest import OURS, STREAM, Start, agent
from tests.support.package import MANAGED_RUNTIME, pip_install, wheel


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    directory = tmp_path_factory.mktemp("image")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory], check=True)
    [site_packages] = directory.glob("lib/python*/site-packages")
    pip_install("--target", str(site_packages), str(wheel()))
    [with_awslambdaric] = {path for path in sys.path if Path(path, "awslambdaric").is_dir()}
    (site_packages / "awslambdaric.pth").write_text(f"{with_awslambdaric}\n")
    return str(directory / "bin" / "python")


@pytest.mark.parametrize(
    "command",
    [
        (str(MANAGED_RUNTIME / "bootstrap.py"),),
        ("-X", "utf8", str(MANAGED_RUNTIME / "bootstrap.py")),
        ("-m", "awslambdaric", "app.handler"),
        ("-X", "utf8", "-m", "awslambdaric", "app.handler"),
    ],
)
def test_the_runtime_starts_in_the_place_of_the_managed_one(
    managed: Start, python: str, command: tuple[str, ...]
) -> None:
    source = f"{STREAM}\nassert sys.flags.utf8_mode == {int('utf8' in command)}\n"
    process = managed(source, python=python, command=command, installed=False, LAMBDA_STREAMING="1")
    response = process.invoke()
    assert response.body.decode().endswith("/site-packages/lambda_streaming/__main__.py")
    assert agent(response.headers) == OURS
    assert process.log == ""


def test_a_python_that_the_function_starts_is_left_alone(managed: Start, python: str) -> None:
    source = """
        import multiprocessing, subprocess, sys

        PROGRAMS = (["-c", "print(1)"], ["-m", "platform"], ["bootstrap.py"], ["-"])

        def handler(event, context):
            open("bootstrap.py", "w").write("print(1)")
            for program in PROGRAMS:
                done = subprocess.run([sys.executable, *program], input=b"print(1)", capture_output=True)
                assert done.returncode == 0 and done.stdout, program
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                return pool.apply(abs, (-7,))
    """
    process = managed(source, python=python, installed=False, LAMBDA_STREAMING="1")
    response = process.invoke()
    assert agent(response.headers) == OURS
    assert response.json == 7


def test_other_variables_than_lambda_s_start_nothing(python: str) -> None:
    program = "import sys; print([name for name in sys.modules if 'streaming' in name])"
    for environment in ({}, {"LAMBDA_STREAMING": "1"}, {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}):
        shown = subprocess.run([python, "-c", program], env=environment, check=True, capture_output=True)
        assert shown.stdout == b"[]\n"
