"""The GitHub Actions workflow, as far as it can be checked without GitHub."""

from __future__ import annotations

import re
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from tests.support.runtime_process import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "pipeline.yml"
TEXT = WORKFLOW.read_text()


@pytest.fixture
def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse(TEXT)["jobs"]
    return found


def test_no_key_is_stored(jobs: dict[str, Any]) -> None:
    assert "secrets." not in TEXT
    assert "ACCESS_KEY" not in TEXT
    checkouts = [
        step for job in jobs.values() for step in job["steps"] if "/checkout@" in step.get("uses", "")
    ]
    assert len(checkouts) == len(jobs)
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_only_the_deployment_may_ask_for_a_token(jobs: dict[str, Any]) -> None:
    assert yaml_parse(TEXT)["permissions"] == {"contents": "read"}
    assert {name for name, job in jobs.items() if "permissions" in job} == {"deploy"}
    assert jobs["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert "refs/heads/main" in jobs["deploy"]["if"]
    assert jobs["deploy"]["environment"] == "production"


def test_every_action_is_pinned_by_commit_with_its_release(jobs: dict[str, Any]) -> None:
    uses = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    pinned = re.findall(r"uses: ([\w./-]+@[0-9a-f]{40}) # v\d+\.\d+\.\d+\n", TEXT)
    assert pinned == uses


def test_every_declared_python_is_tested(jobs: dict[str, Any]) -> None:
    layer = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]["StreamingLayer"]["Properties"]
    declared = {runtime.removeprefix("python") for runtime in layer["CompatibleRuntimes"]}
    assert set(jobs["test"]["strategy"]["matrix"]["python"]) == declared
    [strict] = [step for step in jobs["strict"]["steps"] if "setup-python@" in step.get("uses", "")]
    assert set(strict["with"]["python-version"].split()) == declared


def test_it_runs_the_commands_of_a_user_in_their_order(jobs: dict[str, Any]) -> None:
    assert set(jobs["deploy"]["needs"]) == {"test", "strict"}
    commands = [step["run"].split()[:2] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert commands == [
        ["./scripts/test"],
        ["./.ci/run"],
        ["./scripts/setup"],
        [".venv/bin/sam", "build"],
        ["./scripts/precompile"],
        [".venv/bin/sam", "deploy"],
        ["./scripts/smoke", "--region"],
    ]
    for script, *_ in commands:
        assert script.startswith(".venv/") or (ROOT / script).is_file()
