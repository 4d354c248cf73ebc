"""Functions that `sam build` cannot build here, for want of their Python."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from local_lambda.sam.manifest import builds, wanted_python
from local_lambda.sam.template import Template


def missing_pythons(source: Template, search_path: str) -> dict[str, list[str]]:
    """Return the functions whose dependencies want a Python that is not there, by its version."""
    missing: dict[str, list[str]] = {}
    for function in source.functions:
        for directory, method in builds(function):
            version = wanted_python(directory, method)
            if directory == function.code and version and not _is_there(version, search_path):
                missing.setdefault(version, []).append(function.logical_id)
    return missing


def notice(version: str, names: Sequence[str]) -> str:
    """Return which functions want a Python, and everything that their user can do."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    are = "is" if len(names) == 1 else "are"
    return (
        f"{', '.join(names)} {are} served without dependencies: `sam build` wants Python {version} with pip "
        f"for a requirements.txt, and there is none on PATH. Install Python {version}, or let uv do so "
        f"(`uv python install {version}`), or set Runtime to python{own}, which is here, or build in Docker "
        "(`sam build --use-container`)"
    )


def _is_there(version: str, search_path: str) -> bool:
    """Look where `sam build` looks; its pip has to be there as well."""
    code = f"import sys, pip; sys.exit('%d.%d' % sys.version_info[:2] != {version!r})"
    for directory in search_path.split(os.pathsep):
        for name in (f"python{version}", "python3", "python"):
            found = shutil.which(name, path=directory)
            if found and _succeeds([found, "-c", code]):
                return True
    return False


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
