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
                if version not in found and _runs(path, version):
                    found[version] = str(path)
    return found


def _runs(path: Path, version: str) -> bool:
    """Tell whether it is what its name says: a shim of a version manager may stand for nothing."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return False
    return done.stdout.strip() == version
