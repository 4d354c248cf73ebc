"""The managed process taken over by LAMBDA_STREAMING=1, beside whatever else may be set."""

from __future__ import annotations

from pathlib import Path

import pytest

from lambda_streaming._command import wrapper as wrapper_text
from tests.integration.package.conftest import OURS, STREAM, Start, agent
from tests.support.package import MANAGED_RUNTIME

PLAIN = """
def handler(event, context):
    return "plain"
"""

WHERE = """
import os, sys

def handler(event, context):
    return [os.environ.get("PYTHONPATH"), *sys.path]
"""


def test_the_variable_takes_the_managed_process_over(managed: Start) -> None:
    process = managed(STREAM, LAMBDA_STREAMING="1")
    first, second = process.invoke(), process.invoke()
    assert first.headers["lambda-runtime-function-response-mode"] == "streaming"
    assert first.body.decode() == second.body.decode() == str(MANAGED_RUNTIME / "bootstrap.py")
    assert agent(first.headers) == OURS
    assert process.log == ""


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"LAMBDA_STREAMING": "0"},
        {"LAMBDA_STREAMING": ""},
        {"LAMBDA_STREAMING": "1", "LAMBDA_STREAMING_DISABLED": "1"},
        {"LAMBDA_STREAMING": "1", "LAMBDA_STREAMING_DISABLED": "true"},
    ],
)
def test_without_it_or_disabled_the_managed_loop_runs(managed: Start, variables: dict[str, str]) -> None:
    response = managed(STREAM, **variables).invoke()
    assert response.json == "the managed loop"
    assert agent(response.headers).startswith("aws-lambda-python/")


@pytest.fixture
def own_wrapper(tmp_path: Path) -> str:
    """The exec wrapper, as a user writes it into the function's folder."""
    path = tmp_path / "streaming-bootstrap"
    # The folder is made when the process is started: the wrapper looks for the package beside itself.
    path.write_text(wrapper_text().replace("${0%/*}", str(tmp_path / "task")))
    path.chmod(0o755)
    return str(path)


def test_with_our_wrapper_the_wrapper_s_process_serves(managed: Start, own_wrapper: str) -> None:
    process = managed(STREAM, wrapper=own_wrapper, LAMBDA_STREAMING="1")
    response = process.invoke()
    assert response.body.decode().endswith("/task/lambda_streaming/__main__.py")
    assert agent(response.headers) == OURS
    assert process.log == ""


def test_a_disabled_wrapper_leaves_the_managed_loop_with_the_variable_too(
    managed: Start, own_wrapper: str
) -> None:
    process = managed(STREAM, wrapper=own_wrapper, LAMBDA_STREAMING="1", LAMBDA_STREAMING_DISABLED="1")
    assert process.invoke().json == "the managed loop"


def test_it_works_under_a_wrapper_of_another(managed: Start, tmp_path: Path) -> None:
    other = tmp_path / "other-wrapper"
    other.write_text('#!/bin/sh\nexport OTHER=here\nexec "$1" -X utf8 "$2"\n')
    other.chmod(0o755)
    source = STREAM + "import os\nassert os.environ['OTHER'] == 'here' and sys.flags.utf8_mode\n"
    response = managed(source, wrapper=str(other), LAMBDA_STREAMING="1").invoke()
    assert response.headers["lambda-runtime-function-response-mode"] == "streaming"


def test_every_pth_file_is_run_once(managed: Start, tmp_path: Path) -> None:
    """Those of the function before ours; those of the layers, which come after it, too."""
    opt = tmp_path / "opt" / "python"
    opt.mkdir(parents=True)
    (opt / "layer.pth").write_text("import sys; print('a layer', flush=True)\n")
    files = {
        "first.pth": "import sys; print('a first', flush=True)\n",
        "ztwo.pth": "import sys; print('a second', flush=True)\n",
    }
    process = managed(PLAIN, files=files, LAMBDA_STREAMING="1")
    assert agent(process.invoke().headers) == OURS
    assert process.log.splitlines() == ["a first", "a second", "a layer"]


def test_modules_are_found_where_they_are_under_the_managed_loop(managed: Start, tmp_path: Path) -> None:
    before = managed(WHERE)
    expected = before.invoke().json
    before.close()
    (tmp_path / "task").rename(tmp_path / "task-before")
    process = managed(WHERE, LAMBDA_STREAMING="1")
    response = process.invoke()
    assert agent(response.headers) == OURS
    assert response.json == expected


def test_an_init_error_is_told_once_and_ends_the_process(managed: Start) -> None:
    process = managed("raise ValueError('at import')", LAMBDA_STREAMING="1")
    exchange = process.answer()
    assert exchange.path.endswith("/init/error")
    assert agent(exchange.headers) == OURS
    assert process.wait() == 1


def test_what_holds_on_to_awslambdaric_s_names_holds_on_to_what_is_called(managed: Start) -> None:
    source = f"""{STREAM}
bootstrap = sys.modules["__main__"].awslambdaricmain.bootstrap
called = bootstrap.handle_event_request

def around(client, handler, *args, **kwargs):
    print("around")
    return called(client, handler, *args, **kwargs)

bootstrap.handle_event_request = around
"""
    process = managed(source, LAMBDA_STREAMING="1")
    response = process.invoke()
    assert response.headers["lambda-runtime-function-response-mode"] == "streaming"
    assert process.log == "around\n"
