"""What is being served: the functions of a template, and each URL and REST API at its port.

A template can be deployed over another. What is served changes when all that the new one needs is there, and
a request that is under way ends as it began.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from local_lambda.cli.ports import check_range, reason
from local_lambda.endpoints.endpoint import Endpoint, RestApiEndpoint, UrlEndpoint, address
from local_lambda.endpoints.function_url.event import UrlIdentity
from local_lambda.endpoints.function_url.handler import FunctionUrl
from local_lambda.endpoints.lambda_api.describe import FunctionDescription
from local_lambda.endpoints.lambda_api.invoke import ApiFunction
from local_lambda.endpoints.rest_api.event import RestApiIdentity
from local_lambda.endpoints.rest_api.handler import RestApi
from local_lambda.http.exchange import Exchange, Handler
from local_lambda.http.server import HttpServer
from local_lambda.log.terminal import FunctionLog
from local_lambda.model.function import ConfigurationError, FunctionConfiguration, RestApiConfiguration
from local_lambda.model.settings import DEFAULTS, Settings
from local_lambda.platform.function import Function
from local_lambda.process.launch_spec import LaunchSpec
from local_lambda.process.prepare import Preparer
from local_lambda.sam.template import Template

_Exposed = FunctionConfiguration | RestApiConfiguration


@dataclass
class _Port:
    """A port that stays with a URL or REST API, whatever is deployed there."""

    number: int
    server: HttpServer
    endpoint: Endpoint | None = None


class Deployment:
    """Serves one template at a time, from a port on; ``make_log`` returns the log of the function named."""

    def __init__(
        self,
        preparer: Preparer,
        make_log: Callable[[str], FunctionLog],
        region: str,
        api_port: int,
        settings: Settings = DEFAULTS,
    ) -> None:
        self._preparer = preparer
        self._make_log = make_log
        self._region = region
        self._api_port = api_port
        self._settings = settings
        self._configurations: dict[str, FunctionConfiguration] = {}
        self._functions: dict[str, Function] = {}
        self._ports: dict[str, _Port] = {}
        self._api_server: HttpServer | None = None
        self._since = _now()

    @property
    def endpoints(self) -> list[Endpoint]:
        """All URLs and REST APIs, by port."""
        return [port.endpoint for port in self._ports.values() if port.endpoint is not None]

    @property
    def without_endpoint(self) -> list[FunctionConfiguration]:
        """The functions that only the Lambda API invokes."""
        reached = {one.name for one in self.endpoints}
        for one in self.endpoints:
            if isinstance(one, RestApiEndpoint):
                reached |= {route.function for route in one.configuration.routes}
        return [one for name, one in self._configurations.items() if name in self._functions.keys() - reached]

    @property
    def api_functions(self) -> list[ApiFunction]:
        """Every function that can run, whether it has a URL or not: what the Lambda API serves."""
        urls = {one.name: one.url for one in self.endpoints if isinstance(one, UrlEndpoint)}
        return [
            ApiFunction(
                FunctionDescription(one, self._region, urls.get(name), self._since), self._functions[name]
            )
            for name, one in self._configurations.items()
            if name in self._functions
        ]

    @property
    def directories(self) -> set[Path]:
        """What of the working directory is in use."""
        return {directory for one in self._functions.values() for directory in one.directories}

    async def deploy(self, template: Template, touched: Collection[str] = ()) -> list[str]:
        """Serve this template, with new environments for the functions that differ or are ``touched``.

        Returns what the user should know about it. Raises ConfigurationError; what was served is still served
        then.
        """
        try:
            return await self._deploy(template, touched)
        finally:
            await asyncio.to_thread(self._preparer.remove_unused, self.directories)

    async def _deploy(self, template: Template, touched: Collection[str]) -> list[str]:
        specs, left_out = await asyncio.to_thread(self._prepare, template, touched)
        template = without(template, left_out)
        served = exposed(template)
        await self._listen(served)
        for name, spec in specs.items():
            await self._renew(name, spec)
        self._configurations = {one.logical_id: one for one in template.functions}
        self._since = _now()
        for one in served:
            port = self._ports[one.logical_id]
            port.endpoint = self._endpoint(one, address(self._settings.host, port.number))
        await self._remove(served)
        notices = [notice for spec in specs.values() for notice in spec.notices]
        return [*notices, *(f"{name} is left out. {why.rstrip('.')}" for name, why in left_out.items())]

    async def close(self) -> None:
        """Stop everything."""
        for port in self._ports.values():
            await port.server.close()
        if self._api_server is not None:
            await self._api_server.close()
        for function in self._functions.values():
            await function.close()

    async def serve_api(self, handler: Handler) -> None:
        """Serve the Lambda API at its port. Raises ConfigurationError."""
        self._api_server = await self._server(handler, self._api_port)

    async def _server(self, handler: Handler, port: int) -> HttpServer:
        server = HttpServer(handler)
        try:
            await server.listen(port, self._settings.host)
        except OSError as error:
            raise ConfigurationError(reason(error, port, self._settings.host)) from error
        return server

    def _prepare(
        self, template: Template, touched: Collection[str]
    ) -> tuple[dict[str, LaunchSpec], dict[str, str]]:
        """Prepare what can run and is not served as it is; return what cannot, with the reasons.

        Raises ConfigurationError when one of these is served now (the old one stays), or nothing can run.
        """
        specs: dict[str, LaunchSpec] = {}
        left_out = dict(template.left_out)
        for one in template.functions:
            name = one.logical_id
            if name in self._functions and self._configurations.get(name) == one and name not in touched:
                continue
            try:
                specs[name] = self._preparer.prepare(one)
            except ConfigurationError as error:
                left_out[name] = str(error)
            except OSError as error:  # a full disk, above all
                left_out[name] = f"{name} cannot be prepared: {error.strerror}: {error.filename}."
        refused = [why for name, why in left_out.items() if name in self._functions]
        if not refused and all(one.logical_id in left_out for one in template.functions):
            refused = [left_out[one.logical_id] for one in template.functions]
        if refused:
            raise ConfigurationError(" ".join(refused))
        return specs, left_out

    async def _listen(self, served: list[_Exposed]) -> None:
        new = [one for one in served if one.logical_id not in self._ports]
        first = max([self._api_port, *(port.number for port in self._ports.values())]) + 1
        check_range(self._api_port, first + len(new) - 1, len(served))
        opened: dict[str, _Port] = {}
        try:
            for number, one in enumerate(new, start=first):
                server = await self._server(self._handler(one.logical_id), number)
                opened[one.logical_id] = _Port(number, server)
        except ConfigurationError as error:
            for port in opened.values():
                await port.server.close()
            if self._api_server is None:
                raise
            raise _next_is_taken(new[len(opened)].logical_id, first + len(opened)) from error
        self._ports |= opened

    def _handler(self, name: str) -> Handler:
        async def handle(exchange: Exchange) -> None:
            """Serve one request by what is deployed when it comes."""
            endpoint = self._ports[name].endpoint if name in self._ports else None
            if endpoint is None:
                exchange.cut()
            else:
                await endpoint.handle(exchange)

        return handle

    async def _renew(self, name: str, spec: LaunchSpec) -> None:
        if name in self._functions:
            await self._functions[name].renew(spec)
        else:
            self._functions[name] = Function(spec, self._make_log(name), self._settings.limits)

    def _endpoint(self, configuration: _Exposed, origin: str) -> Endpoint:
        if isinstance(configuration, RestApiConfiguration):
            functions = {route.function: self._functions[route.function] for route in configuration.routes}
            identity = RestApiIdentity.of(configuration.logical_id, self._region)
            api = RestApi(configuration, functions, identity, self._settings.limits)
            return RestApiEndpoint(configuration=configuration, origin=origin, handle=api.handle)
        assert configuration.url is not None
        url = FunctionUrl(
            self._functions[configuration.logical_id],
            configuration.url,
            UrlIdentity.of(configuration.name, self._region),
            limits=self._settings.limits,
            credentials=self._settings.credentials,
        )
        return UrlEndpoint(
            function=configuration, configuration=configuration.url, origin=origin, handle=url.handle
        )

    async def _remove(self, served: list[_Exposed]) -> None:
        closing: list[Callable[[], Awaitable[None]]] = []
        for name in set(self._ports) - {one.logical_id for one in served}:
            closing.append(self._ports.pop(name).server.close)
        for name in set(self._functions) - set(self._configurations):
            closing.append(self._functions.pop(name).close)
        for close in closing:
            await close()


def without(template: Template, left_out: Mapping[str, str]) -> Template:
    """Return the template without what is left out, and without the routes that lead there."""
    functions = [one for one in template.functions if one.logical_id not in left_out]
    apis = [
        replace(api, routes=tuple(route for route in api.routes if route.function not in left_out))
        for api in template.rest_apis
    ]
    return replace(template, functions=functions, rest_apis=[api for api in apis if api.routes])


def exposed(template: Template) -> list[_Exposed]:
    """Return what of a template gets a port, in the order of the ports."""
    return [*(one for one in template.functions if one.url is not None), *template.rest_apis]


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000+0000}"


def _next_is_taken(name: str, port: int) -> ConfigurationError:
    return ConfigurationError(
        f"{name} would get the next port, {port}, which another program has. Free it and save the template "
        "again, or start again with another --port."
    )
