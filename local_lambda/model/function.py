"""Functions, their URLs and REST APIs, as a template declares them, with AWS's defaults."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from local_lambda.model.cors import CorsConfiguration

# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
DEFAULT_TIMEOUT = 3
DEFAULT_MEMORY = 128
# The account that SAM CLI puts into pseudo parameters.
ACCOUNT_ID = "123456789012"


class ConfigurationError(Exception):
    """The template, or an option, cannot be served; the message is one sentence for the user."""


@dataclass(frozen=True)
class Layer:
    """A layer's content, and the folder of /opt it lands in: "", or python for an unbuilt Python layer."""

    path: Path
    below: str = ""
    build_method: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class FunctionUrlConfig:
    """https://docs.aws.amazon.com/lambda/latest/api/API_FunctionUrlConfig.html"""

    auth_type: str = "NONE"
    invoke_mode: str = "BUFFERED"
    cors: CorsConfiguration | None = None
    alias: str | None = None
    """The alias that it calls; None calls $LATEST."""


@dataclass(frozen=True, kw_only=True)
class Logging:
    """https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html; None is not configured."""

    log_format: str | None = None
    level: str | None = None
    """The lowest level of the application's own lines."""
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class FunctionConfiguration:
    """https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html"""

    logical_id: str
    name: str
    runtime: str
    handler: str
    code: Path | str
    """The task root, or the source of inline code."""
    timeout: int = DEFAULT_TIMEOUT
    memory: int = DEFAULT_MEMORY
    environment: dict[str, str] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    missing_layers: tuple[str, ...] = ()
    """ARNs of layers whose content is on AWS only."""
    url: FunctionUrlConfig | None = None
    reserved_concurrency: int | None = None
    max_concurrency: int | None = None
    """PerExecutionEnvironmentMaxConcurrency; None where it is not for Lambda Managed Instances."""
    logging: Logging = Logging()
    alias: str | None = None
    """The alias that SAM publishes (AutoPublishAlias)."""
    build_method: str = field(default="", compare=False)
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/building-custom-runtimes.html"""
    copies: tuple[tuple[Path, Path], ...] = field(default=(), compare=False)
    """Directories that are run in the place of their sources: the source, then its copy."""

    def arn(self, region: str) -> str:
        """Return the function's ARN."""
        return f"arn:aws:lambda:{region}:{ACCOUNT_ID}:function:{self.name}"


@dataclass(frozen=True, kw_only=True)
class RestApiRoute:
    """A method (or ANY) of a resource path, and the logical id of the function that streams its responses."""

    method: str
    path: str
    function: str
    alias: str | None = None
    """The alias of the function that it calls; None calls $LATEST."""


@dataclass(frozen=True, kw_only=True)
class RestApiConfiguration:
    """A REST API at its one stage, with those of its routes that stream.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
    """

    logical_id: str
    stage: str
    routes: tuple[RestApiRoute, ...]
    endpoint_type: str = "EDGE"
    binary_media_types: tuple[str, ...] = ()
    stage_variables: dict[str, str] = field(default_factory=dict)

    def with_routes_to(self, functions: Collection[str]) -> "RestApiConfiguration":
        """Return the API with its routes to these functions, given by their logical ids."""
        return replace(self, routes=tuple(route for route in self.routes if route.function in functions))


@dataclass(frozen=True, kw_only=True)
class SamOptions:
    """SAM CLI's options of the same names; samconfig.toml has the defaults for the command."""

    parameter_overrides: Sequence[str] = ()
    env_vars: Path | None = None
    config_file: Path | None = None
    config_env: str | None = None
    layers: Sequence[str] = ()
    """Local content for layers by ARN: ARN=FOLDER, ARN=ZIP or ARN=PACKAGE."""
    command: str = "start-api"
