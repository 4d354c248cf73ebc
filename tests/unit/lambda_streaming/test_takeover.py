from __future__ import annotations

import pytest

from lambda_streaming._takeover import interpreter_options, is_asked_for

PYTHON = "/var/lang/bin/python3.13"
LOOP = "/var/runtime/bootstrap.py"
OURS = "/opt/python/lambda_streaming/__main__.py"


@pytest.mark.parametrize(
    ("argv", "orig_argv", "options"),
    [
        ([LOOP], [PYTHON, LOOP], []),
        ([LOOP], [PYTHON, "-X", "importtime", "-I", LOOP], ["-X", "importtime", "-I"]),
        (["-m", "app.handler"], [PYTHON, "-m", "awslambdaric", "app.handler"], []),
        (["-m"], [PYTHON, "-O", "-m", "awslambdaric"], ["-O"]),
    ],
)
def test_the_managed_loop_is_known(argv: list[str], orig_argv: list[str], options: list[str]) -> None:
    assert interpreter_options(argv, orig_argv, "/var/runtime") == options
    assert interpreter_options(argv, orig_argv, "") == options


@pytest.mark.parametrize(
    ("argv", "orig_argv"),
    [
        # Another tool's launcher, which is given the managed loop to start.
        (["/opt/python/bin/instrument", PYTHON, LOOP], [PYTHON, "/opt/python/bin/instrument", PYTHON, LOOP]),
        (
            ["/opt/python/lambda_streaming/__main__.py"],
            [PYTHON, "-P", "/opt/python/lambda_streaming/__main__.py"],
        ),
        (["-c"], [PYTHON, "-c", "import sys"]),
        (["-c", "-m", "awslambdaric"], [PYTHON, "-c", "import sys", "-m", "awslambdaric"]),
        (["-m", "awslambdaric"], [PYTHON, "-m", "pip", "awslambdaric"]),
        (["bootstrap.py"], [PYTHON, "bootstrap.py"]),
        (["/var/task/bootstrap.py"], [PYTHON, "/var/task/bootstrap.py"]),
        (["-"], [PYTHON, "-"]),
        ([""], [PYTHON]),
        ([], []),
    ],
)
def test_whatever_else_runs_is_left_alone(argv: list[str], orig_argv: list[str]) -> None:
    assert interpreter_options(argv, orig_argv, "/var/runtime") is None


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LAMBDA_STREAMING": "1"}, True),
        ({"LAMBDA_STREAMING": "true"}, True),
        ({"LAMBDA_STREAMING": "0"}, False),
        ({}, False),
        ({"LAMBDA_STREAMING": "1", "LAMBDA_STREAMING_DISABLED": "1"}, False),
        ({"LAMBDA_STREAMING": "1", "LAMBDA_STREAMING_DISABLED": "0"}, True),
    ],
)
def test_which_variables_ask_for_it(variables: dict[str, str], expected: bool) -> None:
    assert is_asked_for({"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", **variables}) is expected
    assert is_asked_for(variables) is False
