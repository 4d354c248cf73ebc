"""What makes a build more than a copy of its source: dependencies, or a build method of its own."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from local_lambda.model.function import FunctionConfiguration

_REQUIREMENTS, _PACKAGE = "requirements.txt", "package.json"
# A requirements.txt may name other files, which may be anywhere: options (-r, -e ...), paths, file: URLs.
_PATH_IN_REQUIREMENT = re.compile(r"\s*[-./]|[^#]*file:|[^#:]*/")
_PATH_IN_PACKAGE = re.compile(r'"(file|link|workspace):')


def builds(function: FunctionConfiguration) -> Iterator[tuple[Path, str]]:
    """The directories that `sam build` builds for a function, each with its runtime or build method."""
    if isinstance(function.code, Path):
        yield function.code, function.build_method or function.runtime
    for layer in function.layers:
        if layer.build_method:
            yield layer.path, layer.build_method


def more_than_a_copy(directory: Path, method: str) -> str | None:
    """What has to be built there: a manifest's name, or the build method; None when a copy will do."""
    if method.startswith("python3"):
        return _REQUIREMENTS if _requirements(directory) else None
    if method.startswith("nodejs"):
        return _PACKAGE if _package(directory).get("dependencies") else None
    return None if method.startswith("provided") else method


def reads_elsewhere(directory: Path, method: str) -> bool:
    """Whether what is built there may depend on files of other directories."""
    if method.startswith("python3"):
        return any(_PATH_IN_REQUIREMENT.match(line) for line in _requirements(directory))
    if method.startswith("nodejs"):
        return _PATH_IN_PACKAGE.search(json.dumps(_package(directory))) is not None
    return more_than_a_copy(directory, method) is not None


def wanted_python(directory: Path, method: str) -> str | None:
    """The version of Python that `sam build` needs there: for any requirements.txt, even an empty one."""
    if method.startswith("python3") and (directory / _REQUIREMENTS).is_file():
        return method.removeprefix("python")
    return None


def _requirements(directory: Path) -> list[str]:
    lines = _text(directory / _REQUIREMENTS).splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _package(directory: Path) -> dict[str, object]:
    try:
        package = json.loads(_text(directory / _PACKAGE) or "{}")
    except ValueError:  # npm will say so
        return {"dependencies": True}
    return package if isinstance(package, dict) else {}


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
