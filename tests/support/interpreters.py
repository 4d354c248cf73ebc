"""The Pythons of this machine that the layer supports."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path

_NAME = re.compile(r"python3\.(\d+)")
_OLDEST_MINOR = 11


@functools.cache
def interpreters() -> dict[str, str]:
    """Return version ("3.13") and path of each pythonX.Y on PATH that runs; first the one of the tests."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}
    for directory in map(Path, os.get_exec_path()):
        for path in sorted(directory.glob("python3.*")):
            match = _NAME.fullmatch(path.name)
            if match and int(match[1]) >= _OLDEST_MINOR:
                version = path.name.removeprefix("python")
                if version not in found and (executable := _executable(path, version)):
                    found[version] = executable
    return found


def _executable(path: Path, version: str) -> str | None:
    """Return the interpreter itself; None if it does not run, as the shim of a Python not in use.

    A shim that does run would cost each start a tenth of a second.
    """
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return None
    found, _, executable = done.stdout.strip().partition(" ")
    return executable if found == version else None
