"""Where the probe is: on AWS, at the rehearsal's stand-in, or at the local Lambda."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools import ROOT
from tools.local_lambda_process import LocalLambda
from tools.record.client import ask
from tools.rehearsal import REGION
from tools.rehearsal.rehearsal import CommandFailed, Rehearsal

STACK = "lambda-streaming-record"
TEMPLATE = Path("tools/record/stack/template.yaml")
# The permissions of a new URL take a few seconds to work everywhere.
_PATIENCE = 90.0

Urls = Mapping[str, str]
Sam = Callable[..., str]


@contextmanager
def local() -> Iterator[Urls]:
    """Serve the probe on this machine."""
    with LocalLambda(ROOT / TEMPLATE) as serving:
        yield serving.urls


@contextmanager
def rehearsed() -> Iterator[Urls]:
    """Deploy to a stand-in for AWS's control plane; serve what was deployed, and delete it."""
    with (
        tempfile.TemporaryDirectory(prefix="record-") as work,
        Rehearsal(Path(work), stack=STACK) as rehearsal,
        deployed(rehearsal.sam, ("--region", REGION)),
    ):
        rehearsal.serve()
        yield _outputs(rehearsal.sam, ("--region", REGION))


@contextmanager
def on_aws(region: str) -> Iterator[Urls]:
    """Deploy to the account of the environment's credentials, and delete it, whatever happens in between."""
    options = ("--region", region)
    with deployed(_sam, options):
        urls = _outputs(_sam, options)
        _wait_for_permissions(urls)
        yield urls


@contextmanager
def deployed(sam: Sam, options: tuple[str, ...]) -> Iterator[None]:
    """Deploy the stack by `sam`; delete it, whatever happens in between. Raises CommandFailed."""
    try:
        sam(
            *("deploy", "--template-file", str(TEMPLATE), "--stack-name", STACK, *options, "--resolve-s3"),
            *("--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
        )
        yield
    finally:
        try:
            sam("delete", "--stack-name", STACK, *options, "--no-prompts")
        except CommandFailed:
            command = " ".join(("sam delete --stack-name", STACK, *options))
            sys.stderr.write(f"record: the stack {STACK} is still there; delete it with: {command}\n")
            raise


def _outputs(sam: Sam, options: tuple[str, ...]) -> Urls:
    listed = json.loads(sam("list", "stack-outputs", "--stack-name", STACK, *options, "--output", "json"))
    return {output["OutputKey"]: output["OutputValue"] for output in listed}


def _sam(*arguments: str) -> str:
    command = [str(Path(sys.executable).with_name("sam")), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailed(
            f"sam {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def _wait_for_permissions(urls: Urls) -> None:
    deadline = time.monotonic() + _PATIENCE
    for name, url in urls.items():
        while name != "Signed" and ask(url, "GET", "/", [], b"").status != 200:
            if time.monotonic() > deadline:
                raise CommandFailed(f"{url} does not respond with 200")
            time.sleep(1)
