"""`local_lambda start`: the Lambda API, function URLs and REST APIs of a template, each at its port."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from local_lambda.cli.banner import Banner
from local_lambda.cli.deployment import Deployment, exposed
from local_lambda.cli.load import built_template, collect_garbage
from local_lambda.cli.loop_errors import LoopErrors
from local_lambda.cli.ports import check_debug_ports, check_free
from local_lambda.cli.reload import Reloader
from local_lambda.endpoints.console.handler import Console, ConsoleTarget
from local_lambda.endpoints.endpoint import address
from local_lambda.endpoints.lambda_api.handler import LambdaApi, only_this_machine
from local_lambda.http.exchange import Exchange, Handler
from local_lambda.log.history import History
from local_lambda.log.terminal import FunctionLog, Terminal
from local_lambda.model.function import SamOptions
from local_lambda.model.settings import DEFAULTS, Settings
from local_lambda.process.prepare import Preparer
from local_lambda.process.variables import region_of
from local_lambda.process.watchdog import Watchdog
from local_lambda.sam.template import read_source


def start(
    template_path: Path,
    options: SamOptions,
    port: int,
    terminal: Terminal,
    environ: Mapping[str, str],
    settings: Settings = DEFAULTS,
    *,
    build_first: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM, after `sam build` if the user wants that. Raises ConfigurationError."""
    terminal.line(f"Reading {template_path}")
    source = read_source(template_path, options)
    check_free(settings.host, port, len(exposed(source)))
    check_debug_ports(settings.debug_port, len(source.pythons))
    template = built_template(source, template_path, options, environ, terminal.line, build_first=build_first)
    collect_garbage()
    with (
        tempfile.TemporaryDirectory(prefix="local-lambda-", ignore_cleanup_errors=True) as work,
        Watchdog(Path(work)) as watchdog,
    ):
        region, history = region_of(environ), History()
        preparer = Preparer(Path(work), environ, watchdog, settings)
        deployment = Deployment(
            preparer, lambda name: FunctionLog(terminal, name, history), region, port, settings
        )
        banner = Banner(terminal, deployment, address(settings.host, port))
        reloader = Reloader(template_path, options, template, Path(work) / "reloaded", deployment, banner)
        api = LambdaApi(lambda: deployment.api_functions, region, settings.limits)
        target = ConsoleTarget(
            endpoints=lambda: deployment.endpoints,
            functions=lambda: [one.description.configuration for one in deployment.api_functions],
            api=api.handle,
            credentials=settings.credentials[0],
            region=region,
        )
        console = Console(target, history, template_path.resolve().parent / "events")
        handler = only_this_machine(_console_first(console, api), settings.host)

        async def serve() -> None:
            asyncio.get_running_loop().set_exception_handler(LoopErrors(terminal))
            async with AsyncExitStack() as resources:
                stop = _stop_signals()
                resources.push_async_callback(deployment.close)
                notices = await deployment.deploy(template)
                await deployment.serve_api(handler)
                watching = asyncio.create_task(reloader.run())
                resources.push_async_callback(_cancel, watching)
                await reloader.watching.wait()
                banner.started(template.path, [*template.notices, *notices], settings.host)
                await stop.wait()

        asyncio.run(serve())


def _console_first(console: Console, api: LambdaApi) -> Handler:
    async def handle(exchange: Exchange) -> None:
        if not await console.handle(exchange):
            await api.handle(exchange)

    return handle


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _stop_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
