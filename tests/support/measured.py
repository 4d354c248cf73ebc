"""Coverage of processes whose environment is built from scratch: ./scripts/test --coverage measures them too.

coverage starts in every process of .venv's Python that has its variable, and writes what it saw when that one
ends by itself; a runtime does so once its Runtime API has gone.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

SWITCH = "COVERAGE_PROCESS_START"
VARIABLES = {SWITCH: os.environ[SWITCH]} if SWITCH in os.environ else {}
_SECONDS = 2


def let_end(process: subprocess.Popen[bytes]) -> None:
    """Wait a moment for the end of a process that is measured; it is to be killed afterwards."""
    if VARIABLES:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS)


def follow_threads() -> None:
    """Measure threads that `_thread` starts, in this process: coverage follows those of `threading` alone."""
    if not VARIABLES:
        return
    start = _thread.start_new_thread

    def start_followed(function: Callable[..., object], *arguments: Any) -> int:
        def followed(*values: Any, **named: Any) -> None:
            sys.settrace(threading.gettrace())
            function(*values, **named)

        return start(followed, *arguments)

    _thread.start_new_thread = start_followed
