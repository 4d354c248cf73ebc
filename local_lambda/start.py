"""`local_lambda start`: every function URL of a template on a port of its own, until told to stop."""

import asyncio
import errno
import os
import signal
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from local_lambda.configuration import ConfigurationError, FunctionConfiguration
from local_lambda.environment_variables import region_of
from local_lambda.event import UrlIdentity
from local_lambda.function import Function
from local_lambda.function_url import FunctionUrl
from local_lambda.http_server import Exchange, Handler, HttpServer
from local_lambda.log import FunctionLog, Terminal
from local_lambda.plan import Planner, check_runtime
from local_lambda.response import compact
from local_lambda.template import Template, read_template
from local_lambda.watchdog import Watchdog

_LAST_PORT = 65535


@dataclass(frozen=True)
class _Served:
    configuration: FunctionConfiguration
    mode: str
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def start(template_path: Path, port: int, terminal: Terminal, environ: Mapping[str, str]) -> None:
    """Serve until SIGINT or SIGTERM. Raises ConfigurationError."""
    terminal.line(f"Reading {template_path}")
    template = read_template(template_path)
    served = _served(template, port)
    with (
        tempfile.TemporaryDirectory(prefix="local-lambda-", ignore_cleanup_errors=True) as work,
        Watchdog(Path(work)) as watchdog,
    ):
        planner = Planner(Path(work), environ, watchdog)
        asyncio.run(_serve(template, served, planner, port, terminal, environ))


def _served(template: Template, port: int) -> list[_Served]:
    with_url = [function for function in template.functions if function.url is not None]
    if not with_url:
        raise ConfigurationError(
            f"{template.path} declares no function URL: give a function a FunctionUrlConfig."
        )
    for function in with_url:
        check_runtime(function)
    if not 1 <= port <= _LAST_PORT - len(with_url):
        last = _LAST_PORT - len(with_url)
        raise ConfigurationError(
            f"--port must be from 1 to {last}, as {len(with_url)} function URLs follow it."
        )
    return [
        _Served(function, function.url.invoke_mode, port + number)
        for number, function in enumerate(with_url, start=1)
        if function.url is not None
    ]


async def _serve(
    template: Template,
    served: list[_Served],
    planner: Planner,
    port: int,
    terminal: Terminal,
    environ: Mapping[str, str],
) -> None:
    stop = _stop_signals()
    async with AsyncExitStack() as resources:
        for one in served:
            url = await _function_url(one, planner, terminal, environ, resources)
            await _listen(url.handle, one.port, resources)
        await _listen(_api(served), port, resources)
        _announce(template, served, planner, port, terminal)
        await stop.wait()


def _stop_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _function_url(
    one: _Served,
    planner: Planner,
    terminal: Terminal,
    environ: Mapping[str, str],
    resources: AsyncExitStack,
) -> FunctionUrl:
    configuration = one.configuration
    assert configuration.url is not None
    log = FunctionLog(terminal, configuration.logical_id)
    function = Function(planner.plan(configuration), log)
    resources.push_async_callback(function.close)
    identity = UrlIdentity.of(configuration.name, region_of(environ))
    return FunctionUrl(function, configuration.url, identity, log)


async def _listen(handler: Handler, port: int, resources: AsyncExitStack) -> None:
    server = HttpServer(handler)
    try:
        await server.listen(port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "is taken"
        else:
            reason = f"cannot be used ({os.strerror(error.errno or 0).lower()})"
        raise ConfigurationError(f"Port {port} {reason}: choose another with --port.") from error
    resources.push_async_callback(server.close)


def _api(served: list[_Served]) -> Handler:
    """The Lambda API, which is not served yet: an answer in its style that says where the functions are."""
    urls = ", ".join(f"{one.configuration.logical_id} at {one.url}" for one in served)
    body = compact({"Type": "User", "Message": f"The Lambda API is not served here. Function URLs: {urls}"})

    async def answer(exchange: Exchange) -> None:
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        exchange.respond(404, [*headers, ("x-amzn-ErrorType", "ResourceNotFoundException")], body)

    return answer


def _announce(
    template: Template, served: list[_Served], planner: Planner, port: int, terminal: Terminal
) -> None:
    terminal.line(f"Serving {template.path}")
    for notice in [*template.notices, *planner.notices]:
        terminal.line(f"Note: {notice}")
    terminal.line(f"Lambda API at http://127.0.0.1:{port}")
    names = max(len(one.configuration.logical_id) for one in served)
    modes = max(len(one.mode) for one in served)
    for one in served:
        terminal.line(f"{one.configuration.logical_id:{names}}  {one.mode:{modes}}  {one.url}")
    terminal.line("Ready")
