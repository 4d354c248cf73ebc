"""Start a runtime as Lambda does: the exec wrapper with the interpreter and the managed loop's script."""

from __future__ import annotations

import functools
import os
import queue
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.support import measured
from tests.support.once import once
from tests.support.runtime_api_server import Exchange, RuntimeApiServer

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "layers" / "streaming"


@functools.cache
def compiled_for(interpreter: str) -> str:
    """Return it, with the layer's sources compiled: a test's runtime writes no bytecode, as on Lambda."""

    def compile_all(_: Path) -> None:
        command = [interpreter, "-m", "compileall", "-qq", str(LAYER / "lambda_streaming")]
        subprocess.run(command, check=False)  # in a project of somebody else's nothing can be written

    once(f"compiled{interpreter.replace('/', '-')}", compile_all)
    return interpreter


class RuntimeProcess:
    """A runtime process serving ``source`` as app.py, and the Runtime API it talks to."""

    def __init__(
        self,
        directory: Path,
        source: str,
        *,
        handler: str = "app.handler",
        interpreter: str = sys.executable,
        environment: dict[str, str] | None = None,
        layer: Path = LAYER,
        command: Sequence[str] | None = None,
        files: dict[str, str] | None = None,
        unset: Iterable[str] = (),
        pass_fds: Sequence[int] = (),
    ) -> None:
        for name, text in {"app.py": source, **(files or {})}.items():
            (directory / name).parent.mkdir(exist_ok=True)
            (directory / name).write_text(textwrap.dedent(text))
        self.api = RuntimeApiServer()
        self.log_path = directory / "log.txt"
        self._log = self.log_path.open("wb")
        base = {
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_RUNTIME_API": self.api.address,
            "_HANDLER": handler,
            "LAMBDA_TASK_ROOT": str(directory),
            "LAMBDA_RUNTIME_DIR": str(directory / "no-such-runtime-dir"),
            "AWS_LAMBDA_FUNCTION_NAME": "function",
            "PYTHONDONTWRITEBYTECODE": "1",
            **measured.VARIABLES,
        }
        variables = {**base, **(environment or {})}
        self.process = subprocess.Popen(
            command or [str(layer / "streaming-bootstrap"), compiled_for(interpreter), "bootstrap.py"],
            env={name: value for name, value in variables.items() if name not in set(unset)},
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=directory,
            pass_fds=pass_fds,
        )

    def invoke(self, event: Any = None, **settings: Any) -> Exchange:
        """Serve one invocation; return what the runtime posted."""
        self.api.invoke(event, **settings)
        return self.answer()

    def answer(self, timeout: float = 60) -> Exchange:
        """Return the runtime's next POST, once it has ended; fail at once if the process has."""
        end = time.monotonic() + timeout
        while True:
            ended = self.process.poll()
            try:
                return self.api.answer(0.1)
            except queue.Empty:
                assert ended is None, f"the process ended with {ended} and no answer: {self.log}"
                assert time.monotonic() < end, f"no answer: {self.log}"

    def wait(self, timeout: float = 60) -> int:
        """Return the exit status of the process, which is to end by itself."""
        return self.process.wait(timeout)

    def wait_until_asleep(self, timeout: float = 60) -> None:
        """Wait until it has done nothing for a while, and not because others had all CPUs."""
        end = time.monotonic() + timeout
        before = None
        while before != (before := self._states()) or any(state != "S" for state, *_ in before):
            assert time.monotonic() < end, "the process does not come to rest"
            time.sleep(0.1)

    def _states(self) -> list[tuple[str, ...]]:
        """Whether each process sleeps (S), and the clocks of its CPU time."""
        stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids())
        return [(stat[0], *stat[11:13]) for stat in stats]

    def pids(self) -> list[int]:
        """The process, and those that it has started."""
        first = self.process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    @property
    def log(self) -> str:
        """What the function has logged so far, carriage returns and no-break spaces made plain."""
        text = self.log_path.read_text(errors="replace")
        return text.replace("\r", "\n").replace("\u00a0", " ")

    def close(self) -> None:
        self.api.close()
        measured.let_end(self.process)
        self.process.kill()
        self.process.wait()
        self._log.close()

    def __enter__(self) -> RuntimeProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
