"""Run a case under a runtime, and note all that can be seen of it from outside."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from tests.conformance.awslambdaric.case import Call, Case
from tests.support import measured
from tests.support.runtime_api_server import Exchange, RuntimeApiServer
from tests.support.runtime_process import LAYER, compiled_for

# What was seen during one call, by kind: "path", "body", "log" …
Observation = dict[str, str]
# The same for each call of a case, and for "init" and "exit" where there is something to note.
Observations = dict[str, Observation]

_PATIENCE = 60  # seconds: far more than any call takes
_HEADERS = ("content-type", "lambda-runtime-function-error-type", "lambda-runtime-invocation-id")
_XRAY_CAUSE = "lambda-runtime-function-xray-error-cause"
# The same for both runtimes, and a deadline far enough for any test.
_HANDED_OUT = {
    "Lambda-Runtime-Deadline-Ms": "4102444800000",
    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:function",
}


def awslambdaric(interpreter: str, case: Case) -> list[str]:
    """The command that starts AWS's own runtime."""
    return [interpreter, "-m", "awslambdaric", case.handler]


def lambda_streaming(interpreter: str, _: Case) -> list[str]:
    """The command that starts ours, as Lambda starts it: the exec wrapper with what it stands in for."""
    return [str(LAYER / "streaming-bootstrap"), compiled_for(interpreter), "bootstrap.py"]


@dataclass
class Request:
    """What a runtime has sent, which is answered once it is noted."""

    exchange: Exchange
    noted: threading.Event = field(default_factory=threading.Event)

    @property
    def method(self) -> str:
        return self.exchange.method

    @property
    def path(self) -> str:
        return self.exchange.path


class Runtime:
    """A runtime process, its Runtime API and its log."""

    def __init__(self, command: list[str], case: Case, directory: Path, log_path: Path) -> None:
        self._reports: queue.Queue[Request | int] = queue.Queue()
        self.api = RuntimeApiServer(case.statuses, self._report_request)
        self._log = Tail(log_path)
        self._directory = str(directory)
        self._measured = bool((measured.VARIABLES | {**case.environment}).get(measured.SWITCH))
        self._telemetry = Telemetry() if case.telemetry else None
        inherited = [self._telemetry.descriptor] if self._telemetry else []
        with log_path.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env=self._environment(case, directory),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=directory,
                pass_fds=inherited,
                start_new_session=True,  # to be ended with all its workers
            )
        if self._telemetry:
            self._telemetry.started()
        threading.Thread(target=self._watch, daemon=True).start()

    def _environment(self, case: Case, directory: Path) -> dict[str, str]:
        environment = {
            "PATH": os.environ["PATH"],
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
            "AWS_LAMBDA_RUNTIME_API": self.api.address,
            "_HANDLER": case.handler,
            "LAMBDA_TASK_ROOT": str(directory),
            "AWS_LAMBDA_FUNCTION_NAME": "function",
            "PYTHONDONTWRITEBYTECODE": "1",
            **measured.VARIABLES,
            **case.environment,
        }
        if self._telemetry:
            environment["_LAMBDA_TELEMETRY_LOG_FD"] = str(self._telemetry.descriptor)
        return environment

    def _watch(self) -> None:
        self._reports.put(self.process.wait())

    def _report_request(self, exchange: Exchange) -> None:
        request = Request(exchange)
        self._reports.put(request)
        request.noted.wait(_PATIENCE)

    def invoke(self, call: Call, number: int) -> None:
        """Answer the runtime's /next."""
        if call.signal is not None:
            self.process.send_signal(call.signal)
            self._log.wait_for(call.after_log)
        self.hand_out(number, call.body, call.headers, call.answer)

    def hand_out(
        self, number: int, body: bytes, headers: Mapping[str, str | None], status: int = 202
    ) -> None:
        """Give the runtime an invocation, the response to which is answered with ``status``."""
        self.api.invoke(
            body,
            headers={**_HANDED_OUT, **headers},
            request_id=f"00000000-0000-4000-8000-{number:012}",
            answer=(status, '{"status":"OK"}\n'),
        )

    def report(self) -> Request | int:
        """Return the next request of the runtime, or its exit status once it has ended."""
        return self._reports.get(timeout=_PATIENCE)

    def observe(self, report: Request | int) -> Observation:
        """Note a POST, or the end of the process, with what was logged before it."""
        seen = {"exit status": str(report)} if isinstance(report, int) else _request(report.exchange)
        seen = {kind: self._without_directory(text) for kind, text in seen.items()}
        return seen | self.observe_log()

    def observe_log(self) -> Observation:
        """Note what has been logged since the last look."""
        seen = {"log": normalise(self._log.read())}
        if self._telemetry:
            seen["telemetry"] = normalise(self._telemetry.read())
        return {kind: self._without_directory(text) for kind, text in seen.items()}

    def _without_directory(self, text: str) -> str:
        return text.replace(self._directory, "/var/task")

    def close(self) -> None:
        if self._measured:
            self.api.close()
            measured.let_end(self.process)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # all of them have ended
        self.process.wait()
        self.api.close()
        if self._telemetry:
            self._telemetry.close()


class Tail:
    """What is added to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def wait_for(self, text: bytes) -> None:
        """Return once the file holds ``text``."""
        deadline = time.monotonic() + _PATIENCE
        while text not in self._path.read_bytes():
            assert time.monotonic() < deadline, f"{text!r} was not logged"
            time.sleep(0.005)

    def read(self) -> str:
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        self._offset += len(data)
        return data.decode("utf-8", "backslashreplace")


class Telemetry:
    """The pipe behind _LAMBDA_TELEMETRY_LOG_FD, and the frames that come out of it."""

    def __init__(self) -> None:
        self._reader, self.descriptor = os.pipe()
        os.set_blocking(self._reader, False)

    def started(self) -> None:
        """Leave the write end to the runtime."""
        os.close(self.descriptor)

    def read(self) -> str:
        """Return the frames that have come: their types and messages."""
        try:
            data = os.read(self._reader, 1 << 20)
        except BlockingIOError:
            return ""
        return "".join(f"{frame}\n" for frame in _frames(data))

    def close(self) -> None:
        os.close(self._reader)


def _frames(data: bytes) -> Iterator[str]:
    while data:
        kind, size, microseconds = (
            data[:4],
            int.from_bytes(data[4:8], "big"),
            int.from_bytes(data[8:16], "big"),
        )
        assert microseconds > 1_700_000_000_000_000, "the time of a frame is in microseconds since the epoch"
        message, data = data[16 : 16 + size], data[16 + size :]
        assert len(message) == size, "a frame is as long as it says"
        yield f"<{kind.hex()}>{message.decode('utf-8', 'backslashreplace')}</>"


def _request(request: Exchange) -> Observation:
    seen = {
        "path": f"{request.method} {request.path}",
        "body": _recursion(request.body.decode("utf-8", "backslashreplace")),
    }
    seen |= {name: request.headers[name] for name in _HEADERS if name in request.headers}
    if _XRAY_CAUSE in request.headers:
        cause = json.loads(request.headers[_XRAY_CAUSE].encode("latin-1"))
        cause["paths"] = sorted(cause["paths"])  # awslambdaric's are in the order of a set
        for exception in cause["exceptions"]:
            exception["stack"] = [frame for frame, _ in groupby(exception["stack"])]
        seen["x-ray cause"] = _recursion(json.dumps(cause, sort_keys=True))
    return seen


# How often a frame of a recursion repeats, and what Python was doing when it became too deep, depends on how
# many frames lie below it: the runtime's own.
_REPEATED = re.compile(r"(?<=Previous line repeated )\d+(?= more times)")
_TOO_DEEP = re.compile(r"(?<=maximum recursion depth exceeded) while [a-zA-Z ]+")
_MILLISECONDS = re.compile(r"\[\d{13}\]")  # how awslambdaric's C++ part stamps its lines
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def _recursion(text: str) -> str:
    return _TOO_DEEP.sub("", _REPEATED.sub("<many>", text))


def normalise(text: str) -> str:
    """Return a log without what differs from run to run."""
    text = _TIME.sub(lambda match: "<time with ms>" if match[1] else "<time>", text)
    text = _recursion(text)
    return _MILLISECONDS.sub("[<ms>]", text)


@contextmanager
def running(command: list[str], case: Case, directory: Path, log_path: Path) -> Iterator[Runtime]:
    runtime = Runtime(command, case, directory, log_path)
    try:
        yield runtime
    finally:
        runtime.close()


def observe(command: list[str], case: Case, directory: Path, log_path: Path) -> Observations:
    """Start ``command`` for ``case``, whose files are in ``directory``, make its calls, and return all seen.

    What is logged between two steps is noted as "before" the latter.
    """
    seen: Observations = {}
    requests: list[str] = []
    calls = list(enumerate(case.calls, 1))
    step = "the first call"
    with running(command, case, directory, log_path) as runtime:
        while isinstance(report := runtime.report(), Request):
            requests.append(f"{report.method} {report.path}")
            if report.method == "POST":
                seen[step if report.path.startswith("/invocation/") else report.path] = runtime.observe(
                    report
                )
            else:
                following = calls[0][1].name if calls else "the end"
                seen[f"before {following} ({report.path})"] = runtime.observe_log()
            if report.path == "/invocation/next":
                if not calls:
                    break  # it lives, and waits for more
                number, call = calls.pop(0)
                step = call.name
                runtime.invoke(call, number)
            report.noted.set()
        else:
            seen["exit"] = runtime.observe(report)
    seen["requests"] = {"requests": "\n".join(requests)}
    return seen
