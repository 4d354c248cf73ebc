"""The emulator's managed-instances mode, which looks at trailers; classic mode does not.

That mode insists on Lambda's own paths: /var/task, /var/runtime and /opt are mounted in a namespace of the
emulator's own, so nothing outside of it changes. The interpreter is mounted too, as Lambda's in /var/lang:
its own place may be out of sight there. It needs root, and drops it for the runtime.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from email.message import Message
from pathlib import Path

from tests.conformance.rie.emulator import Emulator, binary
from tests.support.runtime_process import LAYER

LAUNCHER = """
set -e
mount -t tmpfs tmpfs "$1/var"
mkdir "$1/var/lang" "$1/var/runtime" "$1/var/task" "$1/var/tmp"
mount --bind "$2" "$1/var/lang"
mount --bind "$1/runtime" "$1/var/runtime"
mount --bind "$1/task" "$1/var/task"
mount --bind "$1/opt" /opt
mount --rbind "$1/var" /var
chmod 1777 /var/tmp
mount --bind /var/tmp /tmp
shift 2
exec "$@"
"""


def interpreter_for_everybody() -> Path | None:
    """A Python that may be run by any user: the emulator's runtime is nobody special."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        path = Path(candidate).resolve()
        readable = path.exists() and all(parent.stat().st_mode & 0o001 for parent in path.parents)
        check = "import sys; sys.exit(sys.version_info < (3, 11))"
        if readable and subprocess.run([path, "-c", check], check=False).returncode == 0:
            return path
    return None


def why_not() -> str | None:
    if os.geteuid() != 0:
        return "needs root, to mount Lambda's paths"
    if shutil.which("unshare") is None:
        return "needs unshare (util-linux)"
    mounting = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/var"]
    if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        return "needs the right to mount in a namespace of its own"
    if interpreter_for_everybody() is None:
        return "needs a Python 3.11 or newer that every user may run"
    return None


class ManagedInstances(Emulator):
    """The emulator with room for ``places`` invocations at a time of ``source`` in one environment.

    ``variables`` are the function's own; ``install`` puts more into its folder.
    """

    def __init__(
        self,
        directory: Path,
        source: str,
        places: int,
        variables: Mapping[str, str] | None = None,
        install: Callable[[Path], object] = lambda _: None,
    ) -> None:
        for name in ("task", "runtime", "var"):
            (directory / name).mkdir()
        (directory / "task" / "app.py").write_text(textwrap.dedent(source))
        install(directory / "task")
        shutil.copytree(LAYER, directory / "opt" / "python", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(binary(), directory / "opt" / "emulator")  # its own place may be out of sight there
        bootstrap = directory / "runtime" / "bootstrap"
        interpreter = interpreter_for_everybody()
        assert interpreter is not None, why_not()
        wrapper = (
            f"/opt/python/streaming-bootstrap /var/lang/bin/{interpreter.name} /var/runtime/bootstrap.py"
        )
        bootstrap.write_text(f"#!/bin/sh\nexec {wrapper}\n")
        bootstrap.chmod(0o755)
        for parent in [directory, *directory.parents]:
            if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o055)
        launcher = directory / "launch.sh"
        launcher.write_text(LAUNCHER)
        environment = {
            "PATH": os.environ["PATH"],
            "AWS_LAMBDA_MAX_CONCURRENCY": str(places),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": "15",
            **(variables or {}),
        }
        command = ["unshare", "--mount", "sh", str(launcher), str(directory), str(interpreter.parent.parent)]
        self.start(directory, command, Path("/var/runtime/bootstrap"), environment, Path("/opt/emulator"))

    def invoke_with_headers(self, event: bytes) -> tuple[int, Message, bytes]:
        """Invoke the function; again, where the worker that has just answered has not yet asked for more."""
        deadline = time.monotonic() + 10
        while True:
            status, headers, body = super().invoke_with_headers(event)
            if headers["Error-Type"] != "Runtime.Unavailable" or time.monotonic() > deadline:
                return status, headers, body
