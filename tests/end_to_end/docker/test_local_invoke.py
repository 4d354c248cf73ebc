"""`sam local invoke` with Docker: what a user sees of a function that streams."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.docker.sam import Project
from tests.support.runtime_process import ROOT

pytestmark = pytest.mark.timeout(300)

COUNTER = (
    b'{"statusCode": 200, "headers": {"Content-Type": "text/plain", "X-Content-Type-Options": "nosniff"}}'
    + bytes(8)
    + b"".join(b"Hello %d \n" % i for i in range(101))
)


def test_the_counter_is_printed_after_its_metadata(project: Project) -> None:
    printed = project.invoke("CounterFunction", "-e", "events/counter.json")
    assert printed.status == 0, printed.log
    assert printed.output == COUNTER


def test_an_error_before_the_first_byte_is_printed_as_json(fixture_project: Project) -> None:
    printed = fixture_project.invoke("FailingFunction")
    assert printed.status == 0, printed.log
    error = json.loads(printed.output)
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "nothing was written")
    assert 'File "/var/task/app.py"' in error["stackTrace"][0]
    assert "[ERROR] ValueError: nothing was written" in printed.log


def test_the_wrapper_replaces_the_managed_loop(fixture_project: Project) -> None:
    printed = fixture_project.invoke("LoopFunction")
    assert printed.status == 0, printed.log
    assert json.loads(printed.output) == {
        "command": ["/var/lang/bin/python3.13", "-P", "/opt/python/lambda_streaming/__main__.py"],
        "awslambdaric": False,
        "boto3": True,
    }


def test_the_wrapper_hands_back_to_the_managed_loop(fixture_project: Project, tmp_path: Path) -> None:
    variables = tmp_path / "variables.json"
    variables.write_text(json.dumps({"LoopFunction": {"LAMBDA_STREAMING_DISABLED": "1"}}))
    printed = fixture_project.invoke("LoopFunction", "--env-vars", str(variables))
    assert printed.status == 0, printed.log
    loop = json.loads(printed.output)
    assert loop["command"][0] == "/var/lang/bin/python3.13"
    assert loop["command"][-1].startswith("/var/runtime/bootstrap")
    assert loop["awslambdaric"] is True


def test_sam_cannot_print_a_binary_body_after_metadata(fixture_project: Project) -> None:
    # Not a wish: when this fails, sam has learnt it, and docs/sam-local.md is to be changed.
    printed = fixture_project.invoke("BinaryFunction")
    assert printed.status == 1
    assert printed.output == b""
    assert "Error: 'utf-8' codec can't decode byte 0xff" in printed.log


def test_an_export_of_more_than_6_mb_is_too_large_for_the_emulator(project: Project, tmp_path: Path) -> None:
    event = json.loads((ROOT / "events" / "export.json").read_text())
    event["queryStringParameters"] = {"rows": "200000"}
    (tmp_path / "event.json").write_text(json.dumps(event))
    printed = project.invoke("ExportFunction", "-e", str(tmp_path / "event.json"))
    assert printed.status == 0, printed.log
    assert json.loads(printed.output)["errorType"] == "Function.ResponseSizeTooLarge"
