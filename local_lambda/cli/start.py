"""`local_lambda start`: the Lambda API, function URLs and REST APIs of a template, each at its port."""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from local_lambda.cli.banner import Banner
from local_lambda.cli.deployment import Deployment
from local_lambda.cli.reload import Reloader
from local_lambda.endpoints.console.handler import Console
from local_lambda.endpoints.lambda_api.handler import LambdaApi
from local_lambda.log.terminal import Terminal
from local_lambda.model.function import SamOptions
from local_lambda.model.settings import DEFAULTS, Settings
from local_lambda.process.prepare import Planner
from local_lambda.process.variables import region_of
from local_lambda.process.watchdog import Watchdog
from local_lambda.sam.template import Template, read_template


def start(
    template_path: Path,
    options: SamOptions,
    port: int,
    terminal: Terminal,
    environ: Mapping[str, str],
    settings: Settings = DEFAULTS,
) -> None:
    """Serve until SIGINT or SIGTERM. Raises ConfigurationError."""
    terminal.line(f"Reading {template_path}")
    template = read_template(template_path, options)
    with (
        tempfile.TemporaryDirectory(prefix="local-lambda-", ignore_cleanup_errors=True) as work,
        Watchdog(Path(work)) as watchdog,
    ):
        planner = Planner(Path(work), environ, watchdog, settings)
        deployment = Deployment(planner, terminal, region_of(environ), port, settings.host)
        announcement = Banner(deployment, planner, terminal)
        reloader = Reloader(
            template_path, options, template, Path(work) / "reloaded", deployment, announcement
        )
        console = Console(lambda: deployment.endpoints, terminal.history)
        api = LambdaApi(deployment.api_functions, region_of(environ), settings.host, console)
        asyncio.run(_serve(template, deployment, announcement, reloader, api, port, settings.host))


async def _serve(
    template: Template,
    deployment: Deployment,
    announcement: Banner,
    reloader: Reloader,
    api: LambdaApi,
    port: int,
    host: str,
) -> None:
    stop = _stop_signals()
    async with AsyncExitStack() as resources:
        resources.push_async_callback(deployment.close)
        await deployment.deploy(template)
        await deployment.serve(api.handle, port, "")
        watching = asyncio.create_task(reloader.run())
        resources.push_async_callback(_cancel, watching)
        await asyncio.sleep(0)  # its first turn begins to watch: what is saved after "Ready" is seen
        announcement.started(template, port, host)
        await stop.wait()


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _stop_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
