"""The process that a program is forked from: it has imported it once, which takes a second of CPU and more.

    python -m tests.support.preloading NAME DIRECTORY

It listens at DIRECTORY/socket when the command returns, and ends with the run of the tests. For each
connection it forks, and sends back two lines: the fork's process id, its exit status (negative for a signal).
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import __main__
from tests.support import once

# What a program imports only when it knows what it is to do.
_SAM_PLUGINS = (
    "samtranslator.plugins.api.implicit_http_api_plugin",
    "samtranslator.plugins.api.implicit_rest_api_plugin",
)
_SAM_COMMANDS = (
    *("build.command", "build.core.command", "build.build_context"),
    *("deploy.command", "deploy.core.command", "deploy.deploy_context", "package.package_context"),
    *("delete.command", "delete.delete_context", "init.command", "init.core.command"),
    *("list.list", "list.endpoints.command", "list.endpoints.endpoints_context"),
    *("list.stack_outputs.command", "list.stack_outputs.stack_outputs_context"),
    *("local.local", "local.invoke.cli", "local.invoke.core.command", "local.start_lambda.cli"),
    *("local.cli_common.invoke_context", "local.lib.local_lambda_service"),
    *("remote.remote", "remote.invoke.cli", "remote.invoke.core.command", "validate.validate"),
)
_LATER = {
    "local_lambda": (
        *("samcli.lib.providers.sam_function_provider", "samcli.lib.config.samconfig", *_SAM_PLUGINS),
        *("anyio.to_thread", "anyio._backends._asyncio"),
    ),
    "sam": (
        *(f"samcli.commands.{command}" for command in _SAM_COMMANDS),
        *("aws_lambda_builders.workflows", "boto3.s3.inject", *_SAM_PLUGINS),
    ),
}


def _import(name: str) -> Callable[[], object]:
    """Import a program; return what runs it. Its file is the first of the arguments."""
    if name == "sam":
        sys.argv[0] = str(Path(sys.executable).with_name("sam"))
        sys.path[0] = str(Path(sys.argv[0]).parent)
        module, function = importlib.import_module("samcli.cli.main"), "cli"
        package = None  # a script, which its usage calls by its name
    else:
        is_package = name == "local_lambda"
        module = importlib.import_module(f"{name}.__main__" if is_package else name)
        sys.argv[0], function = str(module.__file__), "run" if is_package else "main"
        package = module.__package__
    vars(__main__)["__package__"] = package
    for later in _LATER.get(name, ()):
        importlib.import_module(later)
    if name == "local_lambda":
        command = importlib.import_module("local_lambda.sam.sam_command").SamCommand
        command.sam = (str(once.place() / "bin" / "sam"),)
    run: Callable[[], object] = getattr(module, function)
    return run


def main() -> None:
    """Listen; in a fork, run the program."""
    name, directory = sys.argv[1], Path(sys.argv[2])
    before = dict(os.environ)
    run = _import(name)
    set_by_import = {key: value for key, value in os.environ.items() if before.get(key) != value}
    assert threading.active_count() == 1, "a fork has no threads but this"
    assert tempfile.tempdir is None, "TMPDIR is the fork's"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(directory / "socket"))
    listener.listen(64)
    if os.fork():
        os._exit(0)
    with (directory / "log").open("w") as log, open(os.devnull) as nothing:
        for target, source in enumerate((nothing, log, log)):
            os.dup2(source.fileno(), target)  # whoever waits for the end of our output has it now
    gc.freeze()  # what is never looked at stays shared
    _serve(listener, set_by_import)
    _exit(run)


def _serve(listener: socket.socket, variables: dict[str, str]) -> None:
    """Fork for each connection until the run ends; return in what was asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever reports an exit status needs no burial
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run = once.watch()
    while True:
        readable, _, _ = select.select([listener.fileno(), run], [], [])
        if run in readable:
            os._exit(0)
        connection, _ = listener.accept()
        if os.fork() == 0:
            break
        connection.close()
    listener.close()
    os.close(run)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _start(connection, variables)


def _start(connection: socket.socket, variables: dict[str, str]) -> None:
    """Fork once more: the child becomes what was asked for and returns; here its end is awaited, and told."""
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    asked = json.loads(connection.makefile("rb").readline())
    if pid := os.fork():
        for stream in streams:
            os.close(stream)
        _tell(connection, pid)
    connection.close()
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _become(asked, variables)


def _tell(connection: socket.socket, pid: int) -> None:
    """Send the process's id and its exit status; it does not outlive whoever asked for it."""
    connection.sendall(b"%d\n" % pid)
    end = os.pidfd_open(pid)
    ready, _, _ = select.select([end, connection.fileno()], [], [])
    if end not in ready:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(OSError):
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(asked: dict[str, Any], variables: dict[str, str]) -> None:
    """Take over the arguments, variables, directory and streams."""
    os.chdir(asked["directory"])
    os.umask(asked["umask"])
    os.environ.clear()
    os.environ.update(asked["environ"] | variables)
    time.tzset()
    sys.argv[1:] = asked["arguments"]
    stdout: TextIO = sys.stdout
    stdout.reconfigure(line_buffering=stdout.isatty())  # type: ignore[attr-defined]


def _exit(run: Callable[[], object]) -> None:
    """Run, and exit as Python does, but for taking down what was imported: a tenth of a second for each fork.

    `multiprocessing` ends its forks so.
    """
    try:
        status = run()
    except SystemExit as end:
        status = end.code
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    if status is None or isinstance(status, int):
        with contextlib.suppress(OSError):  # of which Python has something to say
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit((status or 0) & 0xFF)
    sys.exit(status)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
