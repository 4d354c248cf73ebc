"""A quarter of a minute of the soak, or SOAK_SECONDS of it, half of them with Lambda's limits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.soak import SECONDS
from tools import ROOT
from tools.soak.figures import alive, figures
from tools.soak.soak import Outcome
from tools.soak.traffic import KINDS
from tools.soak.wrong import Wrong, expect

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the figures are read from /proc"
)


@pytest.mark.timeout(900)
def test_no_stream_is_wrong() -> None:
    command = [sys.executable, "-m", "tools.soak", "--minutes", str(SECONDS / 2 / 60)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("wrong:  0") == 2
    for kind, _ in KINDS:
        assert done.stdout.count(f"{kind.__name__} ") >= 2


def test_the_figures_are_the_kernel_s(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    with subprocess.Popen(["sleep", "300.25"]) as process:
        try:
            while not Path(f"/proc/{process.pid}/cmdline").read_bytes():
                pass  # the kernel is about to put it there
            seen = figures(process.pid, tmp_path)
            assert (seen.threads, seen.children, seen.entries) == (1, 0, 2)
            assert alive("300.25") == 1
        finally:
            process.kill()


def test_what_is_wrong_is_kept() -> None:
    outcome = Outcome()
    outcome.note("kind", None)
    with pytest.raises(Wrong, match="expected 1, got 2"):
        expect(2, 1)
    outcome.note("kind", "expected 1, got 2")
    assert (outcome.sent["kind"], len(outcome.wrong)) == (2, 1)
