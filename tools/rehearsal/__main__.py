"""`./scripts/rehearse`: build, deploy, serve what was deployed, check it, delete it; a line for each step."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import ROOT
from tools.rehearsal.interruption import interruption
from tools.rehearsal.rehearsal import STACK, CommandFailed, Rehearsal

_LOG_LINES = 20


class Step:
    """One line of the report: what is done, how long it took, what came of it."""

    found = ""


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Print the step's line, its end when it has ended."""
    print(f"  {name:26}", end="", flush=True)
    started = time.monotonic()
    doing = Step()
    try:
        yield doing
    except BaseException as error:
        print("interrupted" if isinstance(error, SystemExit) else "failed")
        raise
    print(f"{time.monotonic() - started:5.1f} s  {doing.found}", flush=True)


def rehearse(rehearsal: Rehearsal) -> int:
    """Do all steps; return the exit status of the smoke test."""
    with step("sam build") as doing:
        rehearsal.sam("build")
        built = sorted(
            path.name for path in (rehearsal.project / ".aws-sam" / "build").iterdir() if path.is_dir()
        )
        doing.found = ", ".join(built)
    with step("./scripts/precompile") as doing:
        doing.found = _precompile(rehearsal)
    with step("sam deploy") as doing:
        added = re.findall(r"^\+ Add", rehearsal.sam("deploy"), re.MULTILINE)
        doing.found = f"{len(added)} resources in the stack {STACK}"
    with step("all of it, again") as doing:
        rehearsal.sam("build")
        _precompile(rehearsal)
        doing.found = _line(rehearsal.sam("deploy"), "No changes to deploy")
    with step("sam list endpoints") as doing:
        listed = rehearsal.sam("list", "endpoints", "--stack-name", STACK, "--output", "json")
        doing.found = f"{len(json.loads(listed))} function URLs"
    with step("unpack and serve") as doing:
        serving = rehearsal.serve()
        doing.found = "the deployed archives, on this machine; the stack's outputs lead here"
    print("  ./scripts/smoke", flush=True)
    status, _ = rehearsal.run([ROOT / "scripts" / "smoke"], cwd=ROOT, capture=False)
    if status:
        print("The end of what the functions logged:", *serving.output.splitlines()[-_LOG_LINES:], sep="\n")
    with step("sam delete --no-prompts") as doing:
        doing.found = _line(rehearsal.sam("delete", "--no-prompts"), "Deleted successfully")
    return status


def _precompile(rehearsal: Rehearsal) -> str:
    status, output = rehearsal.run([ROOT / "scripts" / "precompile"], cwd=rehearsal.project)
    if status:
        raise CommandFailed(f"./scripts/precompile ended with {status}:\n{output}")
    if counted := [int(count) for count in re.findall(r": (\d+) files? compiled", output)]:
        return f"{sum(counted)} files for {len(counted)} functions"
    if missing := re.search(r"not compiled, for want of a Python \d+\.\d+", output):
        return missing[0]  # what is deployed works without, and starts slower
    raise CommandFailed(f"./scripts/precompile compiled nothing:\n{output}")


def _line(output: str, start: str) -> str:
    for line in output.splitlines():
        if line.startswith(start):
            return line
    raise CommandFailed(f"expected {start!r} in:\n{output}")


def main() -> int:
    """Rehearse in a directory that is removed afterwards."""
    interruption.arm()
    started = time.monotonic()
    print("Rehearsing with the real sam and a stand-in for AWS: nothing leaves this machine.", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="rehearse-") as work, Rehearsal(Path(work)) as rehearsal:
            status = rehearse(rehearsal)
    except CommandFailed as error:
        sys.stderr.write(f"rehearse: {error}\n")
        return 1
    verdict = "failed" if status else "passed"
    print(f"The rehearsal {verdict} in {time.monotonic() - started:.0f} s; everything it made is gone.")
    return status


if __name__ == "__main__":
    sys.exit(main())
