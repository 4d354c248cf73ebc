"""examples/container: the Dockerfile built by `sam build`, and the image run by `sam local invoke`."""

from __future__ import annotations

import shutil

import docker
import pytest

from tests.end_to_end.docker.sam import Project
from tests.end_to_end.docker.test_local_invoke import COUNTER
from tests.support.runtime_process import ROOT

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def project(named_base: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the example and of what its image is made of, after ``sam build``."""
    directory = tmp_path_factory.mktemp("container-example")
    for name in ("functions/counter", "layers", "examples/container", "events"):
        ignored = shutil.ignore_patterns("__pycache__", ".aws-sam")
        shutil.copytree(ROOT / name, directory / name, ignore=ignored)
    shutil.copy(ROOT / ".dockerignore", directory)
    (directory / "functions" / "counter" / "__pycache__").mkdir()
    project = Project(directory / "examples" / "container", tmp_path_factory.mktemp("scratch"))
    built = project.sam("build")
    assert built.status == 0, built.log
    return project


def test_the_image_streams_as_the_function_from_an_archive(
    project: Project, engine: docker.DockerClient
) -> None:
    printed = project.invoke("CounterFunction", "-e", "../../events/counter.json")
    assert printed.status == 0, printed.log
    assert printed.output == COUNTER
    inside = engine.containers.run(
        "counterfunction:latest", ["-R", "/var/task", "/opt/python"], entrypoint="ls", remove=True
    ).decode()
    assert "app.py" in inside
    assert "streaming-bootstrap" in inside
    task, _, layer = inside.partition("/opt/python:")
    assert "__pycache__" not in task  # nobody's own is copied; the layer is compiled by the image's Python
    assert "_main.cpython-313.pyc" in layer
