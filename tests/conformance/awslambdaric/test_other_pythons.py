"""Our runtime under the other Pythons of this machine, against awslambdaric under the one that has it.

Only what does not depend on the version: tracebacks show columns from 3.13 on, and wordings change.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.conformance.awslambdaric.corpus import CASES
from tests.conformance.awslambdaric.differences import BY_CASE
from tests.conformance.awslambdaric.reference import (
    INTERPRETER,
    of_awslambdaric,
    of_ours,
    set_aside_everywhere,
)
from tests.support.interpreters import interpreters

TOPICS = (
    "handler: ",
    "results: plain",
    "results: non-ASCII",
    "events: ",
    "context: ",
    "JSON log: ",
    "telemetry: ",
)
MORE = ("environment: ", "invocation id: ", "preview: ", "signals: SIGTERM", "output: ", "end: sys.exit")
# A traceback is logged in these.
TRACEBACKS = ("JSON log: errors", "JSON log: forms", "telemetry: forms in text", "telemetry: forms in JSON")

# Python 3.13 words this error of the json module otherwise.
WORDED_ANEW = "client context: trailing comma"

CHOSEN = [
    case
    for case in CASES
    if case.name.startswith(TOPICS + MORE) and case.name not in TRACEBACKS and case.name not in BY_CASE
]


def test_the_same_under_every_python(tmp_path: Path) -> None:
    others = {version: path for version, path in interpreters().items() if path != INTERPRETER}

    def differing(number: int) -> list[object]:
        case = CHOSEN[number]
        found: list[object] = []
        for version, path in others.items():
            directory = tmp_path / f"{number}-{version}"
            theirs, ours = of_awslambdaric(case, directory), of_ours(case, directory, path)
            set_aside_everywhere(theirs, ours)
            for one in (theirs, ours):
                one.pop(WORDED_ANEW, None)
            if ours != theirs:
                found.append((case.name, version, ours, theirs))
        return found

    with ThreadPoolExecutor(2) as pool:
        assert [found for found in pool.map(differing, range(len(CHOSEN))) if found] == []
