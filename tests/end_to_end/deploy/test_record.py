"""./scripts/record, rehearsed: deployed to the stand-in, asked, written down, deleted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.support.runtime_process import ROOT

NAMES = ["end_error_in_trailers", "result_string_status", "request_413", "cors_preflight_other_origin"]


def test_it_reproduces_our_own_choices_case_by_case(tmp_path: Path) -> None:
    only = [part for name in NAMES for part in ("--only", name)]
    command = [
        sys.executable,
        *("-m", "tests.support.forking", "tools.record"),
        "--rehearse",
        *only,
        "--output",
        str(tmp_path / "cases.json"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith(("same", "DIFFERS"))]
    assert sorted(row[1] for row in rows) == sorted(NAMES)
    assert {row[0] for row in rows} == {"same"}, done.stdout
    assert "4 questions, 0 differ." in done.stdout
    written = json.loads((tmp_path / "cases.json").read_text())["cases"]
    assert sorted(case["name"] for case in written) == sorted(f"recorded_{name}" for name in NAMES)
    assert {case["evidence"] for case in written} == {"rehearsed, not from AWS"}


def test_its_help_says_what_it_does() -> None:
    done = subprocess.run([ROOT / "scripts" / "record", "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: ./scripts/record")
