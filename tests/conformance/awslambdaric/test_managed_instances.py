"""Lambda Managed Instances: N workers, which must behave as awslambdaric's do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conformance.awslambdaric.case import PYTHON_3_13, Case
from tests.conformance.awslambdaric.everywhere import EVERYWHERE
from tests.conformance.awslambdaric.observing import (
    Observation,
    Runtime,
    awslambdaric,
    lambda_streaming,
    normalise,
    running,
)
from tests.support import measured
from tests.support.log_sockets import LogSockets

WORKERS = 3
JSON_DEBUG = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"}

# Returns only once all workers are at work: were there fewer, the test would fail for want of an answer.
TOGETHER = f"""
import logging, os, sys, time

NAMES = ("_X_AMZN_TRACE_ID", "_LAMBDA_TELEMETRY_LOG_FD")

def handler(event, context):
    open(f"at-work-{{os.getpid()}}", "w").close()
    while len(at_work()) < {WORKERS}:
        time.sleep(0.001)
    logging.warning("served %s", event)
    sys.stdout.write(f"on stdout {{event}}\\n")  # whole lines: those of the workers share a file
    sys.stderr.write(f"on stderr {{event}}\\n")
    return [event, len(at_work()), [os.environ.get(name) for name in NAMES]]

def at_work():
    return [name for name in os.listdir() if name.startswith("at-work")]
"""


@dataclass
class Seen:
    """All that the workers have done, in an order that does not depend on who came first."""

    posts: list[Observation] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    telemetry: str = ""
    exit_status: int | None = None

    def note(self, observation: Observation) -> None:
        self.log = sorted([*self.log, *observation.pop("log").splitlines()])
        self.telemetry += observation.pop("telemetry", "")
        if "path" in observation:
            self.posts = sorted([*self.posts, observation], key=lambda post: post["path"])


Command = Callable[[str, Case], list[str]]


def compare(
    directory: Path, source: str, environment: dict[str, str] | None = None, **settings: object
) -> tuple[Seen, Seen]:
    """Return what was seen of awslambdaric and of us, each serving an invocation for every worker."""
    lambda_environment = {**PYTHON_3_13, "AWS_LAMBDA_MAX_CONCURRENCY": str(WORKERS), **(environment or {})}
    case = Case("managed instances", source, (), lambda_environment, **settings)  # type: ignore[arg-type]
    theirs = observe(awslambdaric, case, directory / "theirs")
    ours = observe(lambda_streaming, case, directory / "ours")
    for their_post, our_post in zip(theirs.posts, ours.posts, strict=True):
        for describe in EVERYWHERE:
            describe(their_post, our_post)
    return theirs, ours


def observe(command: Command, case: Case, directory: Path) -> Seen:
    directory.mkdir()
    (directory / "app.py").write_text(case.source)
    seen = Seen()
    with running(command(sys.executable, case), case, directory, directory / "log.txt") as runtime:
        serve(runtime, seen)
        seen.note(runtime.observe_log())
    return seen


def serve(runtime: Runtime, seen: Seen) -> None:
    """Hand out an invocation for each worker; return when all ask for more, or the process has ended."""
    handed_out = idle = 0
    while idle < WORKERS:
        report = runtime.report()
        if isinstance(report, int):
            seen.exit_status = report
            return
        if report.method == "POST":
            seen.note(runtime.observe(report))
        elif handed_out < WORKERS and report.path == "/invocation/next":
            handed_out += 1
            runtime.hand_out(handed_out, str(handed_out).encode(), {"Lambda-Runtime-Trace-Id": "Root=1-0"})
        else:
            idle += 1
        report.noted.set()


@pytest.mark.parametrize("environment", [{}, {"AWS_LAMBDA_LOG_FORMAT": "JSON"}, JSON_DEBUG], ids=str)
def test_as_many_invocations_at_a_time_as_there_are_workers(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    theirs, ours = compare(tmp_path, TOGETHER, environment)
    assert [post["body"] for post in ours.posts] == [
        f'[{number}, 3, ["Root=1-0", null]]' for number in (1, 2, 3)
    ]
    for seen in (
        theirs,
        ours,
    ):  # the only message of the runtime's own: a logger of its own, in no invocation
        seen.log = [line.replace('"logger": "root", "requestId": ""', "<ours>") for line in seen.log]
        seen.log = [line.replace('"logger": "lambda_streaming"', "<ours>") for line in seen.log]
    assert ours == theirs
    assert any("runtime_worker_pool_initializing" in line for line in ours.log) == (environment == JSON_DEBUG)


def test_the_telemetry_descriptor_is_for_the_first_process_alone(tmp_path: Path) -> None:
    theirs, ours = compare(tmp_path, TOGETHER, JSON_DEBUG, telemetry=True)
    theirs.telemetry = theirs.telemetry.replace('"logger": "root", "requestId": ""', "<ours>")
    ours.telemetry = ours.telemetry.replace('"logger": "lambda_streaming"', "<ours>")
    assert "runtime_worker_pool_initializing" in ours.telemetry
    assert ours == theirs


@pytest.mark.parametrize("status", [202, 403])
def test_an_init_error_of_all_workers(tmp_path: Path, status: int) -> None:
    """The first report is the one that counts: the 403 that the other workers get is no error."""
    theirs, ours = compare(tmp_path, "1 / 0", statuses={"/init/error": status})
    assert len(ours.posts) == WORKERS
    assert ours.exit_status == theirs.exit_status == 0
    assert ours.posts == theirs.posts


def test_a_refused_response_costs_no_worker(tmp_path: Path) -> None:
    refused = {f"/invocation/00000000-0000-4000-8000-{number:012}/response": 500 for number in (1, 2, 3)}
    theirs, ours = compare(tmp_path, TOGETHER, statuses=refused)
    assert ours.posts == theirs.posts
    assert ours.exit_status is theirs.exit_status is None
    assert sum("This won't kill the Runtime loop" in line for line in theirs.log) == WORKERS
    assert sum("this worker goes on" in line for line in ours.log) == WORKERS


def test_a_refused_next_is_tried_again(tmp_path: Path) -> None:
    """Four times, then the worker ends; so does awslambdaric's, in a crash of its client in C++."""
    case_environment = {"AWS_LAMBDA_MAX_CONCURRENCY": "1"}
    directory = tmp_path / "task"
    source = "def handler(event, context): return 1"
    case = Case("", source, (), {**PYTHON_3_13, **case_environment}, statuses={"/invocation/next": 503})
    seen = observe(lambda_streaming, case, directory)
    assert seen.exit_status == 0
    assert sum("tries again: /next replied 503" in line for line in seen.log) == 4


def test_workers_have_their_own_streams(tmp_path: Path) -> None:
    received = []
    for command in (awslambdaric, lambda_streaming):
        path = tmp_path / f"{command.__name__}.socket"
        provider = LogSockets(path)
        environment = {
            **PYTHON_3_13,
            "AWS_LAMBDA_MAX_CONCURRENCY": str(WORKERS),
            "_LAMBDA_TELEMETRY_LOG_FD_PROVIDER_SOCKET": str(path),
            measured.SWITCH: "",  # it would end only after its API, and complain
        }
        seen = observe(command, Case("", TOGETHER, (), environment), tmp_path / command.__name__)
        assert seen.log == []
        received.append(sorted(map(normalise, provider.close())))
    theirs, ours = received
    assert len(ours) == 2 * WORKERS
    assert "on stderr 1\n" in ours
    assert ours == theirs
