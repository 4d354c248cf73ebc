"""The options of a SAM CLI command: as the user gives them, else as samconfig.toml has them.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_lambda.model.function import ConfigurationError, SamOptions
from local_lambda.sam.env_vars import VariableOverrides, parse
from local_lambda.sam.layer_content import LayerContents, read_layers


@dataclass(frozen=True)
class Values:
    """Values that replace a template's own: of parameters, and of environment variables."""

    parameters: Mapping[str, str]
    variables: VariableOverrides
    layers: LayerContents


def read_values(path: Path, options: SamOptions) -> Values:
    """Return the values for the template at an absolute path. Raises ConfigurationError."""
    from samcli.cli.types import CfnParameterOverridesType

    configured = _configured(path, options, ["local", options.command])
    overrides = list(options.parameter_overrides) or configured.get("parameter_overrides", [])
    try:
        parameters = CfnParameterOverridesType().convert(overrides, None, None)
    except Exception as error:
        raise ConfigurationError(f"--parameter-overrides cannot be read: {sentence(error)}.") from error
    layers = read_layers(options.layers, path)
    env_vars = options.env_vars or configured.get("env_vars")
    if env_vars is None:
        return Values(parameters, {}, layers)
    try:
        text = Path(env_vars).read_text()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"--env-vars {env_vars} cannot be read: {sentence(error)}.") from error
    return Values(parameters, parse(text, env_vars), layers)


def builds_in_container(path: Path, options: SamOptions) -> bool:
    """Whether `sam build` is told to use a container. Raises ConfigurationError."""
    return bool(_configured(path, options, ["build"]).get("use_container"))


def _configured(path: Path, options: SamOptions, command: list[str]) -> dict[str, Any]:
    """Return the parameters of a command, and those of all commands, in the samconfig.toml."""
    from samcli.lib.config.samconfig import SamConfig

    try:
        file = options.config_file.resolve() if options.config_file else None
        config = SamConfig(file.parent, file.name) if file else SamConfig(path.parent)
        if options.config_file and not config.exists():
            raise ConfigurationError(f"There is no {options.config_file}: see --config-file.")
        environment = options.config_env or "default"
        if options.config_env and environment not in config.get_stage_configuration_names():
            raise ConfigurationError(f"{config.filepath} has no environment {environment}: see --config-env.")
        return dict(config.get_all(command, "parameters", environment))
    except ConfigurationError:
        raise
    except Exception as error:
        name = options.config_file or "samconfig.toml"
        raise ConfigurationError(f"{name} cannot be read: {sentence(error)}.") from error


def sentence(error: Exception) -> str:
    """Return what an exception of SAM CLI says, in one line without its full stop."""
    # Of a document that SAM's transform refuses, the text has each cause twice, once as Python writes it.
    causes = [cause.message for cause in getattr(error.__cause__, "causes", ())]
    text = " ".join(causes) or getattr(error, "message", None) or str(error) or type(error).__name__
    return " ".join(str(text).split()).rstrip(".")
