"""The command `sam build`, as the options of `start` and `invoke` have it, and what its output says."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from local_lambda.model.function import SamOptions

# What it is about to build, and why it could not.
_BUILDING = re.compile(r"^Building (?:codeuri: .* functions: (?P<functions>.+)|layer '(?P<layer>.+)')$", re.M)
_ERROR = re.compile(r"^Error: (.*)", re.M | re.S)


class SamCommand:
    """`sam build` of a template."""

    sam: ClassVar[Sequence[str]] = (sys.executable, "-m", "samcli")

    def __init__(self, template: Path, options: SamOptions, environ: Mapping[str, str]) -> None:
        self._template = template
        self._options = options
        self._environ = environ

    @property
    def search_path(self) -> str:
        """Its PATH: the Python that runs us, its pip and what is installed beside it come first."""
        return os.pathsep.join([str(Path(sys.executable).parent), self._environ.get("PATH", os.defpath)])

    def arguments(self, excluded: Sequence[str]) -> list[str]:
        """Its arguments, to build all but the resources named."""
        arguments = ["--template-file", str(self._template)]
        if self._options.config_file:
            arguments += ["--config-file", str(self._options.config_file.resolve())]
        if self._options.config_env:
            arguments += ["--config-env", self._options.config_env]
        if self._options.parameter_overrides:
            arguments += ["--parameter-overrides", *self._options.parameter_overrides]
        return [*arguments, *(word for name in excluded for word in ("--exclude", name))]

    def run(self, excluded: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        """Build all but the resources named, into .aws-sam beside the template."""
        environ = {key: value for key, value in self._environ.items() if key != "PYTHONPATH"}
        return subprocess.run(
            [*self.sam, "build", *self.arguments(excluded)],
            cwd=self._template.parent,
            env=environ | {"PATH": self.search_path, "SAM_CLI_TELEMETRY": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def culprits(output: str) -> list[str]:
    """Return the logical ids of what was being built when it failed."""
    begun = list(_BUILDING.finditer(output))
    if not begun:
        return []
    functions, layer = begun[-1]["functions"], begun[-1]["layer"]
    return [layer] if layer else [name.strip() for name in functions.split(",")]


def reason(output: str) -> str:
    """Return why it failed, in one line; "" when it does not say."""
    found = _ERROR.search(output)
    return " ".join(found[1].split()) if found else ""
