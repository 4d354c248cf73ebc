"""What is being served: the functions of a template, and each URL and REST API at its port.

A template can be deployed over another. What is served changes when all that the new one needs is there, and
a request that is under way ends as it began.
"""

import errno
import os
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from local_lambda.endpoints.function_url.event import UrlIdentity
from local_lambda.endpoints.function_url.handler import FunctionUrl
from local_lambda.endpoints.lambda_api.describe import FunctionDescription
from local_lambda.endpoints.lambda_api.invoke import ApiFunction
from local_lambda.endpoints.rest_api.event import RestApiIdentity
from local_lambda.endpoints.rest_api.handler import Integration, RestApi
from local_lambda.http.server import Exchange, Handler, HttpServer
from local_lambda.log.terminal import FunctionLog, Terminal
from local_lambda.model.function import ConfigurationError, FunctionConfiguration, RestApiConfiguration
from local_lambda.platform.environment import LaunchSpec
from local_lambda.platform.function import Function
from local_lambda.process.prepare import Planner
from local_lambda.sam.template import Template

_LAST_PORT = 65535

Configuration = FunctionConfiguration | RestApiConfiguration


@dataclass
class Endpoint:
    """A function URL or a REST API at its port."""

    configuration: Configuration
    port: int
    handler: Handler
    host: str = "127.0.0.1"

    @property
    def is_url(self) -> bool:
        """Whether it is a function URL."""
        return isinstance(self.configuration, FunctionConfiguration)

    @property
    def is_public(self) -> bool:
        """Whether anybody may call it: a URL of AuthType NONE, or a REST API."""
        url = self.configuration.url if isinstance(self.configuration, FunctionConfiguration) else None
        return url is None or url.auth_type == "NONE"

    @property
    def mode(self) -> str:
        """The invoke mode."""
        if isinstance(self.configuration, RestApiConfiguration):
            return "RESPONSE_STREAM"
        return self.configuration.url.invoke_mode if self.configuration.url else ""

    @property
    def url(self) -> str:
        """Where it answers."""
        stage = f"{self.configuration.stage}/" if isinstance(self.configuration, RestApiConfiguration) else ""
        return f"{address(self.host, self.port)}/{stage}"

    async def handle(self, exchange: Exchange) -> None:
        """Serve one request by what is deployed when it comes."""
        await self.handler(exchange)


def address(host: str, port: int) -> str:
    """The origin of a server, for its users on this machine."""
    name = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


class Deployment:
    """Serves one template at a time, from a port on; `api_functions` is what the Lambda API serves."""

    def __init__(
        self, planner: Planner, terminal: Terminal, region: str, api_port: int, host: str = "127.0.0.1"
    ) -> None:
        self.api_functions: list[ApiFunction] = []
        self._planner = planner
        self._terminal = terminal
        self._region = region
        self._api_port = api_port
        self._host = host
        self._configurations: dict[str, FunctionConfiguration] = {}
        self._integrations: dict[str, Integration] = {}
        self._endpoints: dict[str, Endpoint] = {}
        self._servers: dict[str, HttpServer] = {}
        self._since = _now()

    @property
    def endpoints(self) -> list[Endpoint]:
        """All URLs and REST APIs, by port."""
        return list(self._endpoints.values())

    async def deploy(self, template: Template, touched: Collection[str] = ()) -> None:
        """Serve this template, with new environments for the functions that differ or are ``touched``.

        Raises ConfigurationError; what was served is still served then.
        """
        plans = self._plans(template, touched)
        exposed = _exposed(template)
        await self._listen(exposed)
        for name, plan in plans.items():
            await self._renew(name, plan)
        self._configurations = {one.logical_id: one for one in template.functions}
        self._since = _now()
        for one in exposed:
            self._endpoints[one.logical_id].configuration = one
            self._endpoints[one.logical_id].handler = self._handler(one)
        self.api_functions[:] = self._callable(template)
        await self._remove(exposed)

    async def close(self) -> None:
        """Break off everything."""
        for server in self._servers.values():
            await server.close()
        for made in self._integrations.values():
            await made.function.close()

    async def serve(self, handler: Handler, port: int, name: str) -> None:
        """Listen at a port. Raises ConfigurationError."""
        server = HttpServer(handler)
        try:
            await server.listen(port, self._host)
        except OSError as error:
            raise ConfigurationError(_port_reason(error, port, self._host)) from error
        self._servers[name] = server

    def _plans(self, template: Template, touched: Collection[str]) -> dict[str, LaunchSpec]:
        wanted = {one.logical_id for one in _exposed(template) if isinstance(one, FunctionConfiguration)}
        wanted |= {route.function for api in template.rest_apis for route in api.routes}
        plans = {}
        for one in template.functions:
            name = one.logical_id
            if name in self._integrations and self._configurations.get(name) == one and name not in touched:
                continue
            try:
                plans[name] = self._planner.plan(one)
            except ConfigurationError as error:
                if name in wanted or name in self._integrations:
                    raise
                self._planner.notices.append(f"{name} is left out. {str(error).rstrip('.')}")
        return plans

    async def _listen(self, exposed: list[Configuration]) -> None:
        ports = [endpoint.port for endpoint in self._endpoints.values()]
        new = [one for one in exposed if one.logical_id not in self._endpoints]
        first = max([self._api_port, *ports]) + 1
        if self._api_port < 1 or first + len(new) - 1 > _LAST_PORT:
            last = _LAST_PORT - len(exposed)
            raise ConfigurationError(
                f"--port must be from 1 to {last}: {len(exposed)} function URLs and REST APIs follow it."
            )
        for port, one in enumerate(new, start=first):
            endpoint = Endpoint(one, port, _nothing_yet, self._host)
            await self.serve(endpoint.handle, port, one.logical_id)
            self._endpoints[one.logical_id] = endpoint

    async def _renew(self, name: str, plan: LaunchSpec) -> None:
        if name in self._integrations:
            await self._integrations[name].function.renew(plan)
            return
        log = FunctionLog(self._terminal, name)
        self._integrations[name] = Integration(Function(plan, log), log)

    def _handler(self, configuration: Configuration) -> Handler:
        if isinstance(configuration, RestApiConfiguration):
            integrations = {
                route.function: self._integrations[route.function] for route in configuration.routes
            }
            identity = RestApiIdentity.of(configuration.logical_id, self._region)
            return RestApi(configuration, integrations, identity).handle
        assert configuration.url is not None
        made = self._integrations[configuration.logical_id]
        url_identity = UrlIdentity.of(configuration.name, self._region)
        return FunctionUrl(made.function, configuration.url, url_identity, made.log).handle

    def _callable(self, template: Template) -> list[ApiFunction]:
        """Every function that can run, whether it has a URL or not."""
        urls = {name: endpoint.url for name, endpoint in self._endpoints.items() if endpoint.is_url}
        return [
            ApiFunction(
                FunctionDescription(one, self._region, urls.get(one.logical_id), self._since),
                self._integrations[one.logical_id].function,
                self._integrations[one.logical_id].log,
            )
            for one in template.functions
            if one.logical_id in self._integrations
        ]

    async def _remove(self, exposed: list[Configuration]) -> None:
        closing: list[Callable[[], Awaitable[None]]] = []
        for name in set(self._endpoints) - {one.logical_id for one in exposed}:
            del self._endpoints[name]
            closing.append(self._servers.pop(name).close)
        for name in set(self._integrations) - set(self._configurations):
            closing.append(self._integrations.pop(name).function.close)
        for close in closing:
            await close()


async def _nothing_yet(exchange: Exchange) -> None:
    exchange.cut()


def _exposed(template: Template) -> list[Configuration]:
    return [*(one for one in template.functions if one.url is not None), *template.rest_apis]


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000+0000}"


def _port_reason(error: OSError, port: int, host: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: choose another with --port."
    if error.errno == errno.EADDRNOTAVAIL or not isinstance(error.errno, int) or error.errno < 0:
        return f"--host {host} is no address of this machine."
    return f"Port {port} cannot be used ({os.strerror(error.errno).lower()}): choose another with --port."
