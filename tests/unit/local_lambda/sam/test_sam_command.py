"""What `sam build` is told, and what its output says. The outputs are SAM CLI 1.170's."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from local_lambda.model.function import SamOptions
from local_lambda.sam.sam_command import SamCommand, culprits, reason

COPIED = "Building codeuri: /p/a runtime: python3.11 architecture: x86_64 functions: A\n Running Copy\n"
PIP = (
    "Building codeuri: /p/b runtime: python3.11 architecture: x86_64 functions: B, SameCode\n"
    " Running PythonPipBuilder:ResolveDependencies\n\nBuild Failed\n"
    "Error: Pip:Resolve - Could not satisfy\nthe requirement: x==1.0\n"
)
LAYER = "Building layer 'L'\n\nBuild Failed\nError: no such thing\n"


@pytest.mark.parametrize(
    ("output", "failed", "why"),
    [
        (COPIED + PIP, ["B", "SameCode"], "Pip:Resolve - Could not satisfy the requirement: x==1.0"),
        (COPIED + LAYER, ["L"], "no such thing"),
        ("Error: Template file not found at /p/x\n", [], "Template file not found at /p/x"),
        ("Killed\n", [], ""),
    ],
)  # fmt: skip
def test_what_failed(output: str, failed: list[str], why: str) -> None:
    assert (culprits(output), reason(output)) == (failed, why)


def test_its_arguments_and_path(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    options = SamOptions(parameter_overrides=["A=1", "B=2"], config_file=config, config_env="test")
    command = SamCommand(tmp_path / "template.yaml", options, {"PATH": "/usr/bin"})
    assert command.arguments(["X", "Y"]) == [
        *("--template-file", str(tmp_path / "template.yaml")),
        *("--config-file", str(config), "--config-env", "test"),
        *("--parameter-overrides", "A=1", "B=2", "--exclude", "X", "--exclude", "Y"),
    ]
    assert command.search_path == f"{Path(sys.executable).parent}{os.pathsep}/usr/bin"
