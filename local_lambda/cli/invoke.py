"""`local_lambda invoke`: one invocation; its response streams to stdout, its log goes to stderr."""

import asyncio
import contextlib
import json
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_lambda.cli.load import built_template, collect_garbage
from local_lambda.cli.loop_errors import LoopErrors
from local_lambda.cli.ports import check_debug_ports
from local_lambda.cli.stdout import StandardOutput
from local_lambda.cli.stdout_response import PrintedResponse
from local_lambda.endpoints.request import Trace
from local_lambda.log.terminal import FunctionLog, Terminal
from local_lambda.model.function import ConfigurationError, FunctionConfiguration, SamOptions
from local_lambda.model.limits import MAX_REQUEST_BYTES
from local_lambda.model.settings import DEFAULTS, Settings
from local_lambda.platform.function import Function
from local_lambda.platform.invocation import Invocation
from local_lambda.process.prepare import Preparer
from local_lambda.process.watchdog import Watchdog
from local_lambda.sam.template import Template, read_source

_STANDARD_OUTPUT = 1
# Shells report a process that a signal ended as this, plus the number of the signal.
SIGNALLED = 128


def read_event(source: str | None) -> bytes:
    """Return a file's event, that of standard input for "-", or an empty one. Raises ConfigurationError."""
    if source is None:
        return b"{}"
    try:
        event = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationError(f"The event {source} cannot be read: {reason}.") from error
    if len(event) > MAX_REQUEST_BYTES:
        raise ConfigurationError(
            f"The event has {len(event)} bytes: Lambda takes no more than {MAX_REQUEST_BYTES}."
        )
    try:
        json.loads(event)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"The event is not JSON: {error}.") from error
    return event


def invoke(
    path: Path,
    options: SamOptions,
    name: str | None,
    event: bytes,
    terminal: Terminal,
    environ: Mapping[str, str],
    settings: Settings = DEFAULTS,
    *,
    build_first: bool,
    verbose: bool,
) -> int:
    """Invoke a function, after `sam build` if wanted; return the exit status.

    Raises ConfigurationError.
    """
    source = read_source(path, options)
    _find(source, name)
    check_debug_ports(settings.debug_port, 1)
    template = built_template(source, path, options, environ, terminal.line, build_first=build_first)
    collect_garbage()
    configuration = _find(template, name)
    for notice in template.notices:
        terminal.line(f"Note: {notice}")
    with (
        tempfile.TemporaryDirectory(prefix="local-lambda-", ignore_cleanup_errors=True) as work,
        Watchdog(Path(work)) as watchdog,
    ):
        preparer = Preparer(Path(work), environ, watchdog, settings)
        return asyncio.run(_invoke(configuration, preparer, event, terminal, verbose))


def _find(template: Template, name: str | None) -> FunctionConfiguration:
    if name in template.left_out:
        raise ConfigurationError(f"{name} cannot be invoked. {template.left_out[name]}")
    functions = template.functions
    found = [one for one in functions if name in (one.logical_id, one.name)] if name else functions
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.logical_id for one in functions)
    if name is None:
        raise ConfigurationError(f"{template.path} has several functions, name one: {names}.")
    raise ConfigurationError(f"{template.path} has no function {name}, it has {names}.")


async def _invoke(
    configuration: FunctionConfiguration, preparer: Preparer, event: bytes, terminal: Terminal, verbose: bool
) -> int:
    asyncio.get_running_loop().set_exception_handler(LoopErrors(terminal))
    signalled = _signals()
    output = StandardOutput(_STANDARD_OUTPUT)

    async def tell(lines: list[str]) -> None:
        if verbose:
            await _write(terminal, lines)

    response = PrintedResponse(output, tell, terminal.line)
    spec = preparer.prepare(configuration)
    function = Function(spec, FunctionLog(terminal, configuration.logical_id))
    for notice in spec.notices:
        terminal.line(f"Note: {notice}")
    reported = function.invoke(_invocation(event), response).reported
    failed = asyncio.ensure_future(output.failed.wait())
    ends: set[asyncio.Future[Any]] = {reported, signalled, failed}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if signalled.done():
            return SIGNALLED + signalled.result()
        if not output.failed.is_set():
            await output.end_line()
    finally:
        failed.cancel()
        await function.close()
    return _status(response, output, terminal)


async def _write(terminal: Terminal, lines: list[str]) -> None:
    """Write lines before anything that is written after them elsewhere."""
    loop = asyncio.get_running_loop()
    written = asyncio.Event()
    for line in lines:
        terminal.line(line)

    def tell() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(written.set)

    terminal.when_written(tell)
    await written.wait()


def _signals() -> asyncio.Future[int]:
    loop = asyncio.get_running_loop()
    signalled: asyncio.Future[int] = loop.create_future()

    def stop(number: int) -> None:
        if not signalled.done():
            signalled.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop, number)
    return signalled


def _invocation(event: bytes) -> Invocation:
    trace = Trace.of(None, time.time_ns() // 1_000_000)
    return Invocation(str(uuid.uuid4()), event, trace.header, streaming=True)


def _status(response: PrintedResponse, output: StandardOutput, terminal: Terminal) -> int:
    if isinstance(output.error, BrokenPipeError):
        return SIGNALLED + signal.SIGPIPE
    if output.error is not None:
        terminal.line(f"The response could not be written: {output.error.strerror}")
        return 1
    if response.failure is not None:
        terminal.line(f"The invocation failed: {response.failure}")
        return 1
    return 0
