"""docs/other-tools.md: the package in a container image, of the page's own Dockerfile."""

from __future__ import annotations

import pytest

from tests.end_to_end.docker.sam import Project
from tests.support.package import wheel
from tests.support.page_files import files, page, write

pytestmark = pytest.mark.timeout(300)

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  HelloFunction:
    Type: AWS::Serverless::Function
    Metadata: {DockerContext: ., Dockerfile: Dockerfile, DockerTag: hello}
    Properties: {PackageType: Image, Timeout: 60}
"""
SOURCE = """
import sys

from lambda_streaming import streamify_response


@streamify_response
def handler(event, context):
    yield {"statusCode": 200, "headers": {"Content-Type": "text/plain"}}
    yield sys.modules["__main__"].__file__
"""
PIP = "RUN pip install --target ${LAMBDA_TASK_ROOT} lambda-streaming\n"


@pytest.fixture
def project(named_base: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    directory = tmp_path_factory.mktemp("image")
    dockerfile = files(page("other-tools.md"))["Dockerfile"]
    assert PIP in dockerfile
    # The package is not on PyPI, and the stand-in for the base image has no pip: unpacked.
    unpack = f"COPY {wheel().name} /\nRUN python3.13 -m zipfile -e /{wheel().name} ${{LAMBDA_TASK_ROOT}}\n"
    texts = {"Dockerfile": dockerfile.replace(PIP, unpack), "template.yaml": TEMPLATE, "src/app.py": SOURCE}
    write(directory, texts)
    (directory / wheel().name).write_bytes(wheel().read_bytes())
    project = Project(directory, tmp_path_factory.mktemp("scratch"))
    built = project.sam("build")
    assert built.status == 0, built.log
    return project


def test_the_variable_starts_the_streaming_runtime(project: Project) -> None:
    printed = project.invoke("HelloFunction")
    assert printed.status == 0, printed.log
    metadata, _, body = printed.output.partition(bytes(8))
    assert metadata == b'{"statusCode": 200, "headers": {"Content-Type": "text/plain"}}'
    assert body.strip() == b"/var/runtime/bootstrap.py"
