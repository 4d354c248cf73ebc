"""starter/, as `sam init` makes a project of it: it builds, tests itself, is served, and deploys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import preloaded
from tests.support.package import wheel
from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda
from tools.rehearsal.rehearsal import Rehearsal
from tools.release.archive import write_archive

NAME = "mine"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"  # which is here to build with


def sam_init(location: Path, directory: Path) -> Path:
    # The package is not on PyPI: the starter's question for it is answered with the wheel of these sources.
    answers = {
        "project_name": NAME,
        "runtime": RUNTIME,
        "lambda_streaming": f"lambda-streaming @ {wheel().as_uri()}",
    }
    command: list[str | Path] = [
        preloaded.command("sam"),
        "init",
        "--location",
        location,
        "--no-input",
        "--extra-context",
        json.dumps(answers),
    ]
    directory.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "SAM_CLI_TELEMETRY": "0",
        "HOME": str(directory.parent),
    }  # cookiecutter keeps copies
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return directory / NAME


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sam_init(ROOT / "starter", tmp_path_factory.mktemp("starter") / "folder")


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(one.relative_to(directory)): one.read_bytes() for one in directory.rglob("*") if one.is_file()
    }


def test_the_zip_of_a_release_makes_the_same(project: Path, tmp_path: Path) -> None:
    archive = tmp_path / "lambda-streaming-starter-0.0.0.zip"
    write_archive(archive, ROOT / "starter", "lambda-streaming-starter/")
    assert contents(sam_init(archive, tmp_path / "zip")) == contents(project)


def test_it_tests_itself_is_served_and_deploys(project: Path, tmp_path: Path) -> None:
    # "Test", with the package in place of an environment of its own.
    with Rehearsal(tmp_path, project, stack=NAME) as rehearsal:
        here = rehearsal.project
        rehearsal.sam("build")
        rehearsal.environment["PYTHONPATH"] = str(here / ".aws-sam" / "build" / "HelloFunction")
        status, output = rehearsal.run([sys.executable, "-m", "pytest", "-q"], cwd=here)
        del rehearsal.environment["PYTHONPATH"]
        assert (status, "2 passed" in output) == (0, True), output
        # "Serve".
        with LocalLambda(here / "template.yaml") as local:
            status, output = rehearsal.run(["bash", "smoke", local.urls["HelloFunction"]], cwd=here)
            assert status == 0, output
        # "Deploy".
        command: list[str | Path] = [
            preloaded.command("local_lambda"),
            "precompile",
            "-t",
            here / "template.yaml",
        ]
        status, output = rehearsal.run(command, cwd=ROOT)
        assert status == 0, output
        rehearsal.sam("deploy")
        assert set(rehearsal.outputs()) == {"HelloFunctionUrl"}
        rehearsal.serve()
        status, output = rehearsal.run(["bash", "smoke"], cwd=here)
    assert status == 0, output
    assert "ok    five lines, byte for byte\nok    first byte" in output


def test_the_event_is_one(project: Path) -> None:
    event = json.loads((project / "events" / "hello.json").read_text())
    assert event["version"] == "2.0"
    assert event["queryStringParameters"] == {"name": "you"}
