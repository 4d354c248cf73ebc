"""Local content for layers that a template names by ARN: a folder, a ZIP, or a package to install.

Given by `--layer NAME=CONTENT`, or in `local-layers.json` beside the template: {"NAME": "CONTENT"}. NAME is a
layer's ARN, with its version or without, or its name alone. The streaming layer needs neither.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import local_lambda
from local_lambda.model.function import ConfigurationError

FILE = "local-layers.json"
# What ./scripts/publish-layer, and this project's template, call the streaming layer.
_STREAMING = ("lambda-streaming", "StreamingLayer")
_PACKAGE = Path(local_lambda.__file__).parent
_INSTALL_SECONDS = 600


class LayerContents:
    """What stands for layers by ARN; ``template`` is the template's absolute path."""

    def __init__(self, given: Mapping[str, str], template: Path) -> None:
        self._given = given
        self._template = template

    def is_known(self, arn: str) -> bool:
        """Tell whether anything stands for a layer."""
        return self._key(arn) is not None or (
            layer_name(arn) in _STREAMING and _streaming_layer() is not None
        )

    def content(self, arn: str, runtime: str) -> Path:
        """Return the content of a known layer, for a function of a runtime.

        Raises ConfigurationError where it cannot be used.
        """
        key = self._key(arn)
        if key is not None:
            return self._content(arn, self._given[key], runtime)
        streaming = _streaming_layer()
        assert streaming is not None
        return streaming

    def _key(self, arn: str) -> str | None:
        keys = (arn, arn.rpartition(":")[0], layer_name(arn))
        return next((key for key in keys if key in self._given), None)

    def _content(self, arn: str, content: str, runtime: str) -> Path:
        place = self._template.parent / content
        if place.is_dir():
            return place.resolve()
        if place.is_file():
            return self._unpacked(arn, place)
        if "@" not in content and ("/" in content or content.endswith(".zip")):
            raise ConfigurationError(f"The content of the layer {arn} is not there: {place}.")
        return self._installed(arn, content, runtime)

    def _unpacked(self, arn: str, archive: Path) -> Path:
        target = self._place(hashlib.sha256(archive.read_bytes()).hexdigest())
        if target.exists():
            return target
        scratch = _emptied(target)
        try:
            with zipfile.ZipFile(archive) as opened:
                for entry in opened.infolist():
                    written = Path(opened.extract(entry, scratch))
                    if mode := entry.external_attr >> 16 & 0o777:
                        written.chmod(mode)
        except (OSError, zipfile.BadZipFile) as error:
            raise ConfigurationError(
                f"The content of the layer {arn} cannot be unpacked: {error}."
            ) from error
        return scratch.rename(target)

    def _installed(self, arn: str, requirement: str, runtime: str) -> Path:
        target = self._place(hashlib.sha256(f"{requirement} {runtime}".encode()).hexdigest())
        if target.exists():
            return target
        scratch = _emptied(target)
        command = _installer(scratch / "python", runtime.removeprefix("python"))
        done = subprocess.run(
            [*command, requirement], capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
        if done.returncode != 0:
            reason = done.stderr.strip().rpartition("\n")[2]
            raise ConfigurationError(
                f"The content of the layer {arn} is neither a folder nor a ZIP, and no package to install: "
                f"{requirement}: {reason}."
            )
        return scratch.rename(target)

    def _place(self, key: str) -> Path:
        return self._template.parent / ".aws-sam" / "local-layers" / key[:16]


def layer_name(arn: str) -> str:
    """Return a layer's name: the seventh part of its ARN."""
    return arn.split(":")[6] if arn.count(":") >= 6 else arn


def read_layers(options: Sequence[str], template: Path) -> LayerContents:
    """Read the options, and the file beside the template at an absolute path. Raises ConfigurationError.

    A relative path in an option is from the current folder, one in the file from the template's.
    """
    given = _of_file(template.parent / FILE)
    for option in options:
        name, equals, content = option.partition("=")
        if not equals or not name or not content:
            raise ConfigurationError(
                f"--layer {option} is not of the form ARN=FOLDER, ARN=ZIP or ARN=PACKAGE."
            )
        here = Path.cwd() / content
        given[name] = str(here) if here.exists() else content
    return LayerContents(given, template)


def _of_file(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        given = json.loads(file.read_text())
    except ValueError as error:
        raise ConfigurationError(f"{file} is not JSON: {error}.") from error
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise ConfigurationError(f'{file} must be an object of the form {{"ARN": "FOLDER, ZIP or PACKAGE"}}.')
    return given


def _streaming_layer() -> Path | None:
    """Return the streaming layer: part of the installed package, or of the project that this is in."""
    places = (_PACKAGE / "streaming_layer", _PACKAGE.parent / "layers" / "opt")
    return next((place for place in places if place.is_dir()), None)


def _installer(target: Path, version: str) -> list[str]:
    """Return the command that installs binaries for a Python: pip, or uv where the environment is uv's."""
    wanted = ["--target", str(target), "--python-version", version, "--only-binary", ":all:", "--quiet"]
    if shutil.which("uv"):
        return ["uv", "pip", "install", *wanted]
    return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *wanted]


def _emptied(target: Path) -> Path:
    scratch = target.with_suffix(".part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    return scratch
