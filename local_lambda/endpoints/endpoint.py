"""What is served at a port of its own: a function URL or a REST API."""

from dataclasses import dataclass

from local_lambda.http.exchange import Handler
from local_lambda.model.function import FunctionConfiguration, FunctionUrlConfig, RestApiConfiguration


@dataclass(frozen=True, kw_only=True)
class UrlEndpoint:
    """A function's URL; ``origin`` is scheme, host and port."""

    function: FunctionConfiguration
    configuration: FunctionUrlConfig
    origin: str
    handle: Handler

    @property
    def name(self) -> str:
        """The function's logical id."""
        return self.function.logical_id

    @property
    def mode(self) -> str:
        """The invoke mode."""
        return self.configuration.invoke_mode

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"{self.origin}/"

    @property
    def is_public(self) -> bool:
        """Whether anybody may call it."""
        return self.configuration.auth_type == "NONE"


@dataclass(frozen=True, kw_only=True)
class RestApiEndpoint:
    """A REST API at its stage: its routes stream, and anybody may call it."""

    configuration: RestApiConfiguration
    origin: str
    handle: Handler
    mode: str = "RESPONSE_STREAM"
    is_public: bool = True

    @property
    def name(self) -> str:
        """The API's logical id."""
        return self.configuration.logical_id

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"{self.origin}/{self.configuration.stage}/"


Endpoint = UrlEndpoint | RestApiEndpoint


def address(host: str, port: int) -> str:
    """Return the origin of a server, for its users on this machine."""
    name = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
