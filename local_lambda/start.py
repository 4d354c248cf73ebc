"""`local_lambda start`: the Lambda API, function URLs and REST APIs of a template, each at its port."""

import asyncio
import errno
import os
import signal
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local_lambda.api_invoke import ApiFunction
from local_lambda.configuration import (
    ConfigurationError,
    FunctionConfiguration,
    RestApiConfiguration,
    SamOptions,
)
from local_lambda.environment_variables import region_of
from local_lambda.event import UrlIdentity
from local_lambda.function import Function
from local_lambda.function_description import FunctionDescription
from local_lambda.function_url import FunctionUrl
from local_lambda.http_server import Handler, HttpServer
from local_lambda.lambda_api import LambdaApi
from local_lambda.log import FunctionLog, Terminal
from local_lambda.plan import Planner, check_runtime
from local_lambda.rest_api import Integration, RestApi
from local_lambda.rest_api_event import RestApiIdentity
from local_lambda.template import Template, read_template
from local_lambda.watchdog import Watchdog

_LAST_PORT = 65535


@dataclass(frozen=True)
class _Served:
    """A function URL or a REST API at its port."""

    configuration: FunctionConfiguration | RestApiConfiguration
    port: int

    @property
    def is_url(self) -> bool:
        return isinstance(self.configuration, FunctionConfiguration)

    @property
    def mode(self) -> str:
        if isinstance(self.configuration, RestApiConfiguration):
            return "RESPONSE_STREAM"
        return self.configuration.url.invoke_mode if self.configuration.url else ""

    @property
    def url(self) -> str:
        stage = f"{self.configuration.stage}/" if isinstance(self.configuration, RestApiConfiguration) else ""
        return f"http://127.0.0.1:{self.port}/{stage}"


def start(
    template_path: Path, options: SamOptions, port: int, terminal: Terminal, environ: Mapping[str, str]
) -> None:
    """Serve until SIGINT or SIGTERM. Raises ConfigurationError."""
    terminal.line(f"Reading {template_path}")
    template = read_template(template_path, options)
    served = _served(template, port)
    with (
        tempfile.TemporaryDirectory(prefix="local-lambda-", ignore_cleanup_errors=True) as work,
        Watchdog(Path(work)) as watchdog,
    ):
        planner = Planner(Path(work), environ, watchdog)
        asyncio.run(_serve(template, served, planner, port, terminal, environ))


def _served(template: Template, port: int) -> list[_Served]:
    with_url = [function for function in template.functions if function.url is not None]
    behind_apis = {route.function for api in template.rest_apis for route in api.routes}
    for function in template.functions:
        if function.url is not None or function.logical_id in behind_apis:
            check_runtime(function)
    configurations: list[FunctionConfiguration | RestApiConfiguration] = [*with_url, *template.rest_apis]
    if not 1 <= port <= _LAST_PORT - len(configurations):
        last = _LAST_PORT - len(configurations)
        raise ConfigurationError(
            f"--port must be from 1 to {last}: {len(configurations)} function URLs and REST APIs follow it."
        )
    return [_Served(one, port + number) for number, one in enumerate(configurations, start=1)]


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
        configurations = {function.logical_id: function for function in template.functions}
        functions = _Functions(configurations, planner, terminal, resources)
        for one in served:
            await _listen(_handler(one.configuration, functions, region_of(environ)), one.port, resources)
        api_functions = _api_functions(template, served, functions, planner, region_of(environ))
        await _listen(LambdaApi(api_functions, region_of(environ)).handle, port, resources)
        _announce(template, served, planner, port, terminal)
        await stop.wait()


def _stop_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


class _Functions:
    """The functions of a template, made when they are first asked for: a URL and an API share them."""

    def __init__(
        self,
        configurations: Mapping[str, FunctionConfiguration],
        planner: Planner,
        terminal: Terminal,
        resources: AsyncExitStack,
    ) -> None:
        self._configurations = configurations
        self._planner = planner
        self._terminal = terminal
        self._resources = resources
        self._made: dict[str, Integration] = {}

    def get(self, logical_id: str) -> Integration:
        if logical_id not in self._made:
            log = FunctionLog(self._terminal, logical_id)
            function = Function(self._planner.plan(self._configurations[logical_id]), log)
            self._resources.push_async_callback(function.close)
            self._made[logical_id] = Integration(function, log)
        return self._made[logical_id]


def _handler(
    configuration: FunctionConfiguration | RestApiConfiguration, functions: _Functions, region: str
) -> Handler:
    if isinstance(configuration, RestApiConfiguration):
        integrations = {route.function: functions.get(route.function) for route in configuration.routes}
        identity = RestApiIdentity.of(configuration.logical_id, region)
        return RestApi(configuration, integrations, identity).handle
    assert configuration.url is not None
    made = functions.get(configuration.logical_id)
    return FunctionUrl(
        made.function, configuration.url, UrlIdentity.of(configuration.name, region), made.log
    ).handle


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


def _api_functions(
    template: Template, served: list[_Served], functions: _Functions, planner: Planner, region: str
) -> list[ApiFunction]:
    """What the Lambda API serves: every function that can run, whether it has a URL or not."""
    urls = {one.configuration.logical_id: one.url for one in served if one.is_url}
    since = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000+0000}"
    callable_functions = []
    for configuration in template.functions:
        try:
            made = functions.get(configuration.logical_id)
        except ConfigurationError as error:
            planner.notices.append(f"{configuration.logical_id} is left out. {str(error).rstrip('.')}")
            continue
        url = urls.get(configuration.logical_id)
        description = FunctionDescription(configuration, region, url, since)
        callable_functions.append(ApiFunction(description, made.function, made.log))
    return callable_functions


def _announce(
    template: Template, served: list[_Served], planner: Planner, port: int, terminal: Terminal
) -> None:
    terminal.line(f"Serving {template.path}")
    for notice in [*template.notices, *planner.notices]:
        terminal.line(f"Note: {notice}")
    api = f"http://127.0.0.1:{port}"
    terminal.line(f"Lambda API at {api}", url=api)
    names = max((len(one.configuration.logical_id) for one in served), default=0)
    modes = max((len(one.mode) for one in served), default=0)
    for one in served:
        name = one.configuration.logical_id
        terminal.line(f"{name:{names}}  {one.mode:{modes}}  {one.url}", function=name, url=one.url)
    terminal.line("Ready")
