"""Coverage of processes whose environment is built from scratch: ./scripts/test --coverage measures them too.

coverage starts in every process of .venv's Python that has its variable, and writes what it saw when that one
ends by itself; a runtime does so once its Runtime API has gone.
"""

from __future__ import annotations

import contextlib
import os
import subprocess

SWITCH = "COVERAGE_PROCESS_START"
VARIABLES = {SWITCH: os.environ[SWITCH]} if SWITCH in os.environ else {}
_SECONDS = 2


def let_end(process: subprocess.Popen[bytes]) -> None:
    """Wait a moment for the end of a process that is measured; it is to be killed afterwards."""
    if VARIABLES:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS)
