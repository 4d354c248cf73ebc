"""The workflow of a release, as far as it can be checked without GitHub."""

from __future__ import annotations

import re
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from tests.support.runtime_process import ROOT
from tools.compile_layer import Project

TEXT = (ROOT / ".github" / "workflows" / "release.yml").read_text()


@pytest.fixture
def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse(TEXT)["jobs"]
    return found


def test_no_key_is_stored_and_each_job_may_do_what_it_is_for(jobs: dict[str, Any]) -> None:
    assert "secrets." not in TEXT
    assert yaml_parse(TEXT)["permissions"] == {"contents": "read"}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "build": {"contents": "read", "id-token": "write", "attestations": "write"},
        "pypi": {"id-token": "write"},
        "github": {"contents": "write"},
    }
    assert jobs["pypi"]["environment"] == "pypi"
    assert [jobs["pypi"]["needs"], jobs["github"]["needs"]] == ["build", "pypi"]


def test_every_action_is_pinned_by_commit_with_its_release(jobs: dict[str, Any]) -> None:
    uses = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert re.findall(r"uses: ([\w./-]+@[0-9a-f]{40}) # v\d+\.\d+\.\d+\n", TEXT) == uses


def test_it_builds_with_every_declared_python_and_runs_only_the_project_s_scripts(
    jobs: dict[str, Any],
) -> None:
    [python] = [step for step in jobs["build"]["steps"] if "setup-python@" in step.get("uses", "")]
    assert set(python["with"]["python-version"].split()) == {*Project(ROOT).declared}
    for script in re.findall(r"\./scripts/[\w-]+", TEXT):
        assert (ROOT / script).stat().st_mode & 0o100
