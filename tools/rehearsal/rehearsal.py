"""A copy of the project beside a stand-in for AWS, and the `sam` commands of a user run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import botocore.session

from tools import ROOT
from tools.local_lambda_process import LocalLambda, NotPrinted
from tools.rehearsal import REGION, SERVED_AT
from tools.rehearsal.deployed_code import unpack
from tools.rehearsal.interruption import interruption

STACK = "lambda-streaming-python"  # of samconfig.toml
# Keys that open nothing, should a request ever find its way to AWS.
_KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
# Nothing that is deployed begins with a dot; what does, a virtual environment say, is large.
_LEFT_OUT = (".*", "__pycache__", "node_modules", "dist")


def _left_out(directory: str, names: list[str]) -> set[str]:
    """Name what is not copied; the layer's compiled code is, because it is deployed."""
    compiled = {"__pycache__"} if "/layers/opt/" in directory else set()
    return shutil.ignore_patterns(*_LEFT_OUT)(directory, names) - compiled


class CommandFailed(Exception):
    """A command of the rehearsal ended with another status than 0; the text is what it printed."""


class Rehearsal:
    """A copy of ``project`` in ``work``, and a running stand-in. To be used in a with statement."""

    # Where `sam` is, and what starts the stand-in; tests have quicker ones.
    programs: ClassVar[Path] = Path(sys.executable).parent
    stand_in: ClassVar[Sequence[str | Path]] = (sys.executable, "-m", "tools.rehearsal.aws_stand_in")

    def __init__(self, work: Path, project: Path = ROOT, stack: str = STACK) -> None:
        self.work = work
        self._stack = stack
        self.project = work / "project"
        shutil.copytree(project, self.project, ignore=_left_out, symlinks=True)
        with (work / "stand-in.log").open("wb") as log:
            self._stand_in = subprocess.Popen(
                type(self).stand_in,
                cwd=ROOT,
                env=_clean_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.environment = _clean_environment()
        self._serving: LocalLambda | None = None
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Rehearsal:
        assert self._stand_in.stdout is not None
        self.endpoint = self._stand_in.stdout.readline().strip()
        if not self.endpoint:
            raise CommandFailed(f"The stand-in did not start:\n{(self.work / 'stand-in.log').read_text()}")
        temporary = self.work / "tmp"
        temporary.mkdir()
        self.environment |= _KEYS | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "PATH": os.pathsep.join(
                map(str, (type(self).programs, Path(sys.executable).parent, os.environ["PATH"]))
            ),
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.5",
            "TMPDIR": str(temporary),
        }
        return self

    def __exit__(self, *_: object) -> None:
        if self._serving is not None:
            self._serving.__exit__()
        assert self._stand_in.stdin is not None
        assert self._stand_in.stdout is not None
        self._stand_in.kill()  # it has nothing to tidy up; and were this process killed, its input would end
        self._stand_in.wait()
        self._stand_in.stdin.close()
        self._stand_in.stdout.close()

    def sam(self, *arguments: str) -> str:
        """Run `sam` in the copy; return what it prints. Raises CommandFailed."""
        status, output = self.run(["sam", *arguments], cwd=self.project)
        if status:
            raise CommandFailed(f"sam {' '.join(arguments)} ended with {status}:\n{output}")
        return output

    def run(self, command: Sequence[str | Path], cwd: Path, *, capture: bool = True) -> tuple[int, str]:
        """Run a command in the rehearsal's environment; return its status, and its output if captured."""
        process = None
        try:
            with interruption.hold():
                process = subprocess.Popen(
                    command,
                    cwd=cwd,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE if capture else None,
                    stderr=subprocess.STDOUT if capture else None,
                    text=True,
                )
            output, _ = process.communicate()
        except BaseException:
            if process is not None:
                _end(process)
            raise
        return process.returncode, output or ""

    def client(self, service: str) -> Any:
        """A botocore client of the stand-in."""
        if service not in self._clients:
            # Without the user's profile and configuration.
            nothing = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)}
            session = botocore.session.Session(nothing)
            session.set_credentials(*_KEYS.values())
            client = session.create_client(service, region_name=REGION, endpoint_url=self.endpoint)
            self._clients[service] = client
        return self._clients[service]

    def outputs(self) -> dict[str, str]:
        """The outputs of the stack."""
        stack = self.client("cloudformation").describe_stacks(StackName=self._stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def functions(self) -> dict[str, str]:
        """The physical name of each function by its logical id."""
        cloudformation = self.client("cloudformation")
        resources = cloudformation.describe_stack_resources(StackName=self._stack)["StackResources"]
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for resource in resources
            if resource["ResourceType"] == "AWS::Lambda::Function"
        }

    def serve(self) -> LocalLambda:
        """Serve the deployed archives, to the end of the rehearsal; the stack's URLs then lead there."""
        directory = self.work / "deployed"
        directory.mkdir()
        template = unpack(self.client("cloudformation"), self.client("s3"), self._stack, directory)
        with interruption.hold():
            try:
                self._serving = serving = LocalLambda(template)
            except NotPrinted as error:
                raise CommandFailed(f"The local Lambda did not start: {error}") from None
        for logical_id, name in self.functions().items():
            url = self.endpoint + SERVED_AT + name
            request = urllib.request.Request(url, serving.urls[logical_id].encode(), method="PUT")
            urllib.request.urlopen(request, timeout=10).close()
        return serving


def _end(process: subprocess.Popen[str]) -> None:
    """Let it put away what it has made, but not for long."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _clean_environment() -> dict[str, str]:
    """This process's, without anything that could lead to a real account."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
