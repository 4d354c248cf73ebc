"""A Docker engine, the base image in it, and projects to run; without engine or image the tests skip."""

from __future__ import annotations

import gc
import platform
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException, ImageNotFound

from tests.end_to_end.docker import base_image
from tests.end_to_end.docker.root_filesystem import Python
from tests.end_to_end.docker.sam import Project
from tests.support.interpreters import interpreters
from tests.support.runtime_process import ROOT
from tools.compile_layer import bring_up_to_date

NAMED = (ROOT / "examples" / "container" / "Dockerfile").read_text().splitlines()[0].removeprefix("FROM ")
"""The base image as Dockerfiles name it."""


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    """The Docker engine that DOCKER_HOST names, or the one at the usual place."""
    with warnings.catch_warnings():
        # docker-py leaves a socket that it could not connect to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        client = _connected()
        gc.collect()
    if isinstance(client, str):
        pytest.skip(f"needs a Docker engine that this user may use: {client}")
    yield client
    client.close()


def _connected() -> docker.DockerClient | str:
    """Return a client that has asked the engine for its version, or what went wrong."""
    try:
        return docker.from_env(timeout=60)
    except DockerException as error:
        return str(error)


@pytest.fixture(scope="session")
def base(engine: docker.DockerClient, pytestconfig: pytest.Config) -> Iterator[None]:
    """AWS's base image, or the stand-in for it."""
    if base_image.has_real_one(engine):
        yield
        return
    python = interpreters().get("3.13")
    if sys.platform != "linux" or platform.machine() != "x86_64" or python is None:
        pytest.skip(
            f"needs the image {base_image.NAME} (docker pull it), or x86_64 Linux with python3.13 on PATH, "
            "of which a stand-in can be made"
        )
    assert pytestconfig.cache is not None
    with base_image.stand_in(engine, Python.of(python), pytestconfig.cache.mkdir("base-image")):
        yield


def _built(directory: Path, scratch: Path) -> Project:
    project = Project(directory, scratch)
    built = project.sam("build")
    assert built.status == 0, built.log
    return project


def _copy_layers(directory: Path) -> None:
    """Copy the layer as ``./scripts/setup`` leaves it."""
    bring_up_to_date(ROOT)
    shutil.copytree(ROOT / "layers", directory / "layers", symlinks=True)


@pytest.fixture(scope="session")
def project(base: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of this project, after ``sam build``."""
    directory = tmp_path_factory.mktemp("project")
    for name in ("functions", "events"):
        shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    _copy_layers(directory)
    for name in ("template.yaml", "samconfig.toml"):
        shutil.copy(ROOT / name, directory)
    return _built(directory, tmp_path_factory.mktemp("scratch"))


@pytest.fixture(scope="session")
def fixture_project(base: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the functions of tests/fixtures/docker and the same layer, after ``sam build``."""
    directory = tmp_path_factory.mktemp("fixture-project")
    shutil.copytree(ROOT / "tests" / "fixtures" / "docker", directory, dirs_exist_ok=True)
    _copy_layers(directory)
    return _built(directory, tmp_path_factory.mktemp("scratch"))


@pytest.fixture(scope="session")
def named_base(
    engine: docker.DockerClient, base: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The base image under its own name; the stand-in with the entry point that it lacks."""
    real = base_image.has_real_one(engine)
    if real and _has(engine, NAMED):
        yield
        return
    if real:
        engine.images.get(base_image.NAME).tag(NAMED)
    else:
        directory = tmp_path_factory.mktemp("named-base")
        shutil.copy(ROOT / "tests" / "fixtures" / "base_image" / "lambda-entrypoint.sh", directory)
        (directory / "Dockerfile").write_text(
            f'FROM {base_image.NAME}\nCOPY lambda-entrypoint.sh /\nENTRYPOINT ["/lambda-entrypoint.sh"]\n'
        )
        engine.images.build(path=str(directory), tag=NAMED)
    yield
    engine.images.remove(NAMED, force=True, noprune=True)


def _has(engine: docker.DockerClient, name: str) -> bool:
    try:
        engine.images.get(name)
    except ImageNotFound:
        return False
    return True
