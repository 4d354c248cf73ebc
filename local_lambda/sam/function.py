"""What SAM CLI's own model of a function lacks: its URL, its reserved concurrency, its alias, its logging.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-lambda-url.html and
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

import re
from collections.abc import Mapping
from typing import Any

from local_lambda.model.cors import CorsConfiguration, InvalidCors
from local_lambda.model.function import ConfigurationError, FunctionUrlConfig, Logging
from local_lambda.model.limits import CONCURRENCY_PER_VCPU, GIB_PER_VCPU, MAX_CONCURRENCY

_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")


def url_config(name: str, properties: Mapping[str, Any]) -> FunctionUrlConfig:
    """Read the properties of an AWS::Lambda::Url, or a FunctionUrlConfig with a Qualifier.

    Raises ConfigurationError.
    """
    mode = properties.get("InvokeMode") or "BUFFERED"
    if mode not in ("BUFFERED", "RESPONSE_STREAM"):
        raise ConfigurationError(
            f"The InvokeMode of {name} must be BUFFERED or RESPONSE_STREAM, not {mode!r}."
        )
    auth_type = properties.get("AuthType")
    if not auth_type:
        raise ConfigurationError(
            f"The function URL of {name} has no AuthType, without which it is not deployed: NONE or AWS_IAM."
        )
    if auth_type not in ("NONE", "AWS_IAM"):
        raise ConfigurationError(f"The AuthType of {name} must be NONE or AWS_IAM, not {auth_type!r}.")
    qualifier = properties.get("Qualifier")
    return FunctionUrlConfig(
        auth_type=auth_type,
        invoke_mode=mode,
        cors=_cors(name, properties.get("Cors")),
        alias=qualifier if isinstance(qualifier, str) and qualifier else None,
    )


def _cors(name: str, properties: Any) -> CorsConfiguration | None:
    if not properties:
        return None
    try:
        return CorsConfiguration.of(properties)
    except InvalidCors as error:
        raise ConfigurationError(f"The Cors of {name} cannot be served: {error}.") from error


def reserved_concurrency(name: str, resource: Mapping[str, Any]) -> int | None:
    """Return the function's ReservedConcurrentExecutions. Raises ConfigurationError."""
    value = (resource.get("Properties") or {}).get("ReservedConcurrentExecutions")
    if value is not None and not re.fullmatch(r"[0-9]{1,9}", str(value)):
        raise ConfigurationError(f"The ReservedConcurrentExecutions of {name} must be a number.")
    return None if value is None else int(value)


def max_concurrency(name: str, config: Any, memory: int) -> int | None:
    """Return how many invocations an environment takes at once on Lambda Managed Instances.

    ``config`` is a CapacityProviderConfig, of SAM or of CloudFormation, or None. Raises ConfigurationError.
    """
    if not isinstance(config, Mapping):
        return None
    config = config.get("LambdaManagedInstancesCapacityProviderConfig") or config
    try:
        gib_per_vcpu = float(config.get("ExecutionEnvironmentMemoryGiBPerVCpu") or GIB_PER_VCPU)
        default = CONCURRENCY_PER_VCPU * max(1, int(memory / 1024 / gib_per_vcpu))
        value = int(config.get("PerExecutionEnvironmentMaxConcurrency") or default)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"The CapacityProviderConfig of {name} must have numbers.") from error
    if not 1 <= value <= MAX_CONCURRENCY:
        raise ConfigurationError(
            f"The PerExecutionEnvironmentMaxConcurrency of {name} must be from 1 to {MAX_CONCURRENCY}."
        )
    return value


def alias(resource: Mapping[str, Any]) -> str | None:
    """Return the function's AutoPublishAlias; None without one, or where only AWS knows it."""
    value = (resource.get("Properties") or {}).get("AutoPublishAlias")
    return value if isinstance(value, str) and value else None


def logging(name: str, properties: Any) -> Logging:
    """Read a LoggingConfig. Raises ConfigurationError."""
    if not isinstance(properties, Mapping):
        return Logging()
    log_format, level, group = (
        value if isinstance(value := properties.get(key), str) else None
        for key in ("LogFormat", "ApplicationLogLevel", "LogGroup")
    )
    if log_format not in (None, "JSON", "Text"):
        raise ConfigurationError(f"The LogFormat of {name} must be JSON or Text, not {log_format!r}.")
    if level not in (None, *_LEVELS):
        raise ConfigurationError(
            f"The ApplicationLogLevel of {name} must be one of {', '.join(_LEVELS)}, not {level!r}."
        )
    return Logging(log_format=log_format, level=level, group=group)
