"""What awslambdaric does: each case is run under it once, whichever tests compare something with that.

Once we have done the same, it is kept for other runs.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.conformance.awslambdaric import observing
from tests.conformance.awslambdaric.case import Case
from tests.conformance.awslambdaric.everywhere import EVERYWHERE
from tests.conformance.awslambdaric.observing import Observations, awslambdaric, lambda_streaming, observe
from tests.support.kept import fingerprint, kept
from tools import ROOT

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
        if (known := _file(case)).exists():
            _seen[case.name] = json.loads(known.read_text())
        else:
            check_interpreter()
            _seen[case.name] = _run(awslambdaric(INTERPRETER, case), case, directory / "theirs")
    return copy.deepcopy(_seen[case.name])


def keep(case: Case) -> None:
    """Keep what was seen of awslambdaric, now that we have done the same: it was no accident."""
    file = _file(case)
    if not file.exists():
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(_seen[case.name]))
        unfinished.rename(file)


def _file(case: Case) -> Path:
    return _directory() / f"{fingerprint(repr(case))}.json"


@cache
def _directory() -> Path:
    code = (
        "import sys; from importlib.metadata import version; print(sys.version, sys.executable,"
        "*map(version, ['awslambdaric', 'simplejson', 'snapshot-restore-py']))"
    )
    found = subprocess.run([INTERPRETER, "-c", code], capture_output=True, text=True, check=False).stdout
    files = [Path(observing.__file__), ROOT / "tests" / "support" / "runtime_api_server.py"]
    return kept("awslambdaric", fingerprint(found, files=files), lambda directory: None)


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
