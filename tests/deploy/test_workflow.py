"""The GitHub Actions workflow, as far as it can be checked without GitHub."""

from __future__ import annotations

from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from tests.support.runtime_process import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "pipeline.yml"


@pytest.fixture
def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse(WORKFLOW.read_text())["jobs"]
    return found


def test_no_key_is_stored() -> None:
    text = WORKFLOW.read_text()
    assert "secrets." not in text
    assert "ACCESS_KEY" not in text


def test_only_the_deployment_may_ask_for_a_token(jobs: dict[str, Any]) -> None:
    assert yaml_parse(WORKFLOW.read_text())["permissions"] == {"contents": "read"}
    assert "permissions" not in jobs["test"]
    assert jobs["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert "refs/heads/main" in jobs["deploy"]["if"]
    assert jobs["deploy"]["environment"] == "production"


def test_it_runs_the_commands_of_a_user_in_their_order(jobs: dict[str, Any]) -> None:
    assert jobs["deploy"]["needs"] == "test"
    commands = [step["run"].split()[:2] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert commands == [
        ["./scripts/test"],
        ["./scripts/setup"],
        [".venv/bin/sam", "build"],
        [".venv/bin/sam", "deploy"],
        ["./scripts/smoke", "--region"],
    ]
    for script, *_ in commands:
        assert script.startswith(".venv/") or (ROOT / script).is_file()
