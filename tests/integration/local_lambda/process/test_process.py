"""A runtime's process: how it is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.runtime_process import ROOT

# One more than there are CPUs gets a lower priority.
START_MANY = """
import asyncio, os, pathlib, sys
from local_lambda.log.terminal import FunctionLog, Terminal
from local_lambda.process.process import RuntimeProcess
from local_lambda.process.source_names import SourceNames
from local_lambda.process.watchdog import Watchdog

async def main():
    log = FunctionLog(Terminal(1, "utf-8"), "F")
    with Watchdog(pathlib.Path(sys.argv[1])) as watchdog:
        for _ in range((os.cpu_count() or 1) + 1):
            process = await RuntimeProcess.start(
                ["/bin/sleep", "60"], {}, pathlib.Path("/"), log, watchdog, SourceNames([])
            )
        print(os.getpriority(os.PRIO_PROCESS, process.pid), flush=True)

asyncio.run(main())
"""


def test_a_start_of_low_priority_starts_functions_of_no_higher_one(tmp_path: Path) -> None:
    # Root may raise a priority; anybody else is refused, and no process is left without its owner.
    done = subprocess.run(
        ["nice", "-n", "16", sys.executable, "-c", START_MANY, tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert (done.stdout, done.stderr, done.returncode) == (f"{min(own + 16, 19)}\n", "", 0)
