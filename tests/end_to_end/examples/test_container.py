"""The image's Dockerfile, read without Docker; tests/end_to_end/docker builds and runs it."""

from __future__ import annotations

import os
import shlex

import pytest
from samcli.yamlhelper import yaml_parse

from tests.end_to_end.conftest import EXAMPLES
from tests.support.runtime_process import LAYER, ROOT

EXAMPLE = EXAMPLES / "container"
DOCKERFILE = [
    line.split(maxsplit=1)
    for line in (EXAMPLE / "Dockerfile").read_text().splitlines()
    if line and not line.startswith("#")
]
# What the image holds, by where it comes from; the variable is the base image's.
COPIED = dict(
    shlex.split(rest.replace("${LAMBDA_TASK_ROOT}", "/var/task"))
    for step, rest in DOCKERFILE
    if step == "COPY"
)


def test_the_steps() -> None:
    assert [step for step, _ in DOCKERFILE] == ["FROM", "COPY", "RUN", "COPY", "ENV", "CMD"]
    assert DOCKERFILE[0][1] == "public.ecr.aws/lambda/python:3.13"
    assert DOCKERFILE[-1][1] == '["app.handler"]'


def test_sam_finds_context_and_dockerfile() -> None:
    template = yaml_parse((EXAMPLE / "template.yaml").read_text())
    metadata = template["Resources"]["CounterFunction"]["Metadata"]
    context = (EXAMPLE / metadata["DockerContext"]).resolve()
    assert context == ROOT
    assert context / metadata["Dockerfile"] == EXAMPLE / "Dockerfile"


def test_layer_and_function_are_where_lambda_puts_them() -> None:
    assert COPIED == {"layers/streaming/": "/opt/python/", "functions/counter/": "/var/task/"}
    assert (ROOT / "functions" / "counter" / "app.py").is_file()
    variable, _, wrapper = DOCKERFILE[4][1].partition("=")
    assert variable == "AWS_LAMBDA_EXEC_WRAPPER"
    file = LAYER / wrapper.removeprefix("/opt/python/")
    assert os.access(file, os.X_OK)


@pytest.mark.parametrize(
    "needed", [*(source.rstrip("/") for source in COPIED), "examples/container/Dockerfile"]
)
def test_the_context_lets_in_what_is_copied(needed: str) -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in rules
    assert f"!{needed}" in rules
