"""The image that SAM puts a function of python3.13 in: AWS's own if the engine has it, else a stand-in.

The stand-in carries AWS's name, because SAM looks for that one, and a label, by which it is known not to be
AWS's. It is there for the tests only: they remove it, and every image and container made from it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import docker
from docker.errors import ImageNotFound, NotFound

from tests.end_to_end.docker import root_filesystem

_REPOSITORY, _TAG = "public.ecr.aws/lambda/python", "3.13-x86_64"
NAME = f"{_REPOSITORY}:{_TAG}"
_LABEL = "lambda-streaming.stand-in"

# The configuration of AWS's image.
_CONFIGURATION = [
    "ENV LANG=en_US.UTF-8",
    "ENV TZ=:/etc/localtime",
    "ENV PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "ENV LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib"
    ":/var/task:/var/task/lib:/opt/lib",
    "ENV LAMBDA_TASK_ROOT=/var/task",
    "ENV LAMBDA_RUNTIME_DIR=/var/runtime",
    "WORKDIR /var/task",
    f"LABEL {_LABEL}=python3.13",
]


def has_real_one(engine: docker.DockerClient) -> bool:
    """Tell whether the engine has AWS's image."""
    try:
        return _LABEL not in engine.images.get(NAME).labels
    except ImageNotFound:
        return False


@contextlib.contextmanager
def stand_in(engine: docker.DockerClient, python: root_filesystem.Python, cache: Path) -> Iterator[None]:
    """Give the engine a stand-in; take it away, with all that was made of it, in the end."""
    _remove(engine)  # what a killed run has left
    archive = root_filesystem.archive(python, cache)
    try:
        engine.api.import_image_from_file(str(archive), _REPOSITORY, _TAG, changes=_CONFIGURATION)
        yield
    finally:
        _remove(engine)


def _remove(engine: docker.DockerClient) -> None:
    # SAM builds images from the stand-in, which inherit its label, and so do their containers.
    for container in engine.containers.list(all=True, filters={"label": _LABEL}):
        with contextlib.suppress(NotFound):
            container.remove(force=True)
    images = engine.images.list(filters={"label": _LABEL})
    # The newest first: an image goes before the one that it was made of.
    for image in sorted(images, key=lambda image: str(image.attrs["Created"]), reverse=True):
        with contextlib.suppress(ImageNotFound):
            engine.images.remove(image.id, force=True)
