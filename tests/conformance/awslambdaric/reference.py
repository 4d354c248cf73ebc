"""What awslambdaric does: each case is run under it once, whichever tests compare something with that."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.conformance.awslambdaric.case import Case
from tests.conformance.awslambdaric.everywhere import EVERYWHERE
from tests.conformance.awslambdaric.observing import Observations, awslambdaric, lambda_streaming, observe

# awslambdaric has a part in C++, built for one version of Python: that of the virtual environment, which its
# wheel was chosen for. Another Python that has awslambdaric can be named here.
INTERPRETER = os.environ.get("CONFORMANCE_PYTHON", sys.executable)

_seen: dict[str, Observations] = {}


@cache
def check_interpreter() -> None:
    """Raise AssertionError where there is nothing to compare with."""
    found = subprocess.run([INTERPRETER, "-c", "import awslambdaric, runtime_client"], check=False)
    assert found.returncode == 0, f"{INTERPRETER} has no awslambdaric"


def of_awslambdaric(case: Case, directory: Path) -> Observations:
    """Return what is seen of awslambdaric; ``directory`` is an empty one to run in."""
    if case.name not in _seen:
        check_interpreter()
        _seen[case.name] = _run(awslambdaric(INTERPRETER, case), case, directory / "theirs")
    return copy.deepcopy(_seen[case.name])


def of_ours(case: Case, directory: Path, interpreter: str = INTERPRETER) -> Observations:
    """Return what is seen of our runtime; ``directory`` is an empty one to run in."""
    return _run(lambda_streaming(interpreter, case), case, directory / "ours")


def set_aside_everywhere(theirs: Observations, ours: Observations) -> None:
    """Take the differences out of both that everywhere.py describes."""
    for step in theirs.keys() & ours.keys():
        for describe in EVERYWHERE:
            describe(theirs[step], ours[step])


def _run(command: list[str], case: Case, directory: Path) -> Observations:
    for name, text in case.sources.items():
        path = directory / "task" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return observe(command, case, directory / "task", directory / "log")
