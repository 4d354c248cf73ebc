"""What a linter says of files: asked once a week, while neither of them changes (kept.py)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from tests.support.kept import fingerprint, kept

_LINTERS = ("cfn-lint", "aws-sam-cli", "aws-sam-translator")


def linted(name: str, command: Sequence[str], files: Mapping[str, str], *, status: int = 0) -> str:
    """Return the output of a command in a directory that has these files, and no others.

    ``name`` is where it is kept; the command is one of those beside this Python. Raises AssertionError, and
    keeps nothing, where it exits with another status.
    """

    def lint(directory: Path) -> None:
        for path, text in files.items():
            (directory / path).write_text(text)
        done = subprocess.run(
            [Path(sys.executable).with_name(command[0]), *command[1:]],
            cwd=directory,
            env={**os.environ, "SAM_CLI_TELEMETRY": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        (directory / "said").write_text(done.stdout)

    versions = [sys.version, *map(metadata.version, _LINTERS)]
    made_of = fingerprint(*command, str(status), *versions, repr(sorted(files.items())))
    return (kept(name, made_of, lint) / "said").read_text()
