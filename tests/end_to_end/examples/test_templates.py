"""What the linters say of each example, before and after SAM's transform, and of the files around it."""

from __future__ import annotations

import json
import re

import pytest

from tests.end_to_end.conftest import EXAMPLES
from tests.end_to_end.translated import of_type, translated
from tests.support.linted import linted
from tests.support.runtime_process import ROOT

NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/template.yaml"))
WRAPPER = "/opt/python/streaming-bootstrap"


def test_the_table_has_them_all() -> None:
    table = re.findall(r"^\| \[([\w-]+)\]", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
    assert sorted(table) == NAMES


def test_they_are_lint_clean_before_and_after_the_transform() -> None:
    files = {}
    for name in NAMES:
        path = EXAMPLES / name / "template.yaml"
        template = translated(path)
        assert "Transform" not in template
        files[f"{name}.json"] = json.dumps(template)
        files[f"{name}.yaml"] = path.read_text()
    linted("lint-examples", ["cfn-lint", "--", *files], files)


def test_sam_has_nothing_to_say_of_a_template_that_is_not_built_without_docker() -> None:
    files = {"template.yaml": (EXAMPLES / "container" / "template.yaml").read_text()}
    linted("lint-container", ["sam", "validate", "--lint", "--region", "us-east-1"], files)


@pytest.mark.parametrize("name", NAMES)
def test_each_function_streams_on_the_managed_runtime_and_keeps_its_log_for_a_while(name: str) -> None:
    functions = of_type(name, "AWS::Lambda::Function")
    kept = {
        group["LogGroupName"]["Fn::Sub"]: group["RetentionInDays"]
        for group in of_type(name, "AWS::Logs::LogGroup").values()
    }
    assert kept == {f"/aws/lambda/${{{logical_id}}}": 14 for logical_id in functions}
    for function in functions.values():
        if name == "container":
            assert function["PackageType"] == "Image"  # its Dockerfile names the wrapper
        else:
            assert function["Runtime"] == "python3.13"
            assert function["Environment"]["Variables"]["AWS_LAMBDA_EXEC_WRAPPER"] == WRAPPER
            assert function["Layers"]


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_readme_that_the_table_leads_to(name: str) -> None:
    text = (EXAMPLES / name / "README.md").read_text()
    assert "## What it costs" in text
    assert "## What limits it" in text
    assert f"]({name}/)" in (EXAMPLES / "README.md").read_text()
    # Every path it names is there.
    for path in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text):
        assert (EXAMPLES / name / path).exists(), path


def test_the_main_readme_leads_to_the_table() -> None:
    assert "](examples/" in (ROOT / "README.md").read_text()
