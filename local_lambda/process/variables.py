"""The environment variables of a function's process.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html; the values are those of the managed
images with this machine's directories instead of /var/task, /var/runtime, /var/lang and /opt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_lambda.model.function import FunctionConfiguration, Logging


@dataclass(frozen=True, kw_only=True)
class Directories:
    """The directories of an execution environment, on this machine."""

    task: Path
    runtime: Path
    lang: Path
    opt: Path


_FALLBACK_REGION = "us-east-1"
# Of the user's own environment only their AWS credentials, and where AWS is.
_PASSED_ON = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE",
)  # fmt: skip


def region_of(environ: Mapping[str, str]) -> str:
    """Return the region that the user's own environment names."""
    return environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or _FALLBACK_REGION


def function_variables(
    configuration: FunctionConfiguration,
    environ: Mapping[str, str],
    *,
    runtime_api: str,
    log_stream: str,
    directories: Directories,
) -> dict[str, str]:
    """Return the process's variables; the template's own cannot replace Lambda's."""
    region = region_of(environ)
    passed_on = {
        name: value
        for name, value in environ.items()
        if name in _PASSED_ON or name.startswith("AWS_ENDPOINT_URL")
    }
    reserved = {
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "_HANDLER": configuration.handler,
        "LAMBDA_TASK_ROOT": str(directories.task),
        "LAMBDA_RUNTIME_DIR": str(directories.runtime),
        "AWS_LAMBDA_FUNCTION_NAME": configuration.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": configuration.logging.group or f"/aws/lambda/{configuration.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        **_initialization(configuration.max_concurrency),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        # Not Lambda's: where /opt is, for our own bootstrap files and for a runtime in the function's folder.
        "LAMBDA_LAYERS_DIR": str(directories.opt),
    }
    if configuration.missing_layers:
        reserved["_LOCAL_LAMBDA_MISSING"] = (
            f"left out, its content is on AWS only: {', '.join(configuration.missing_layers)} "
            "(--layer ARN=FOLDER|ZIP|PACKAGE)"
        )
    return passed_on | _defaults(configuration, directories) | configuration.environment | reserved


def _defaults(configuration: FunctionConfiguration, directories: Directories) -> dict[str, str]:
    task, lang, opt = directories.task, directories.lang, directories.opt
    variables = {
        "PATH": f"{lang}/bin:/usr/local/bin:/usr/bin:/bin:{opt}/bin",
        "LD_LIBRARY_PATH": f"{task}:{task}/lib:{opt}/lib",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **_logging(configuration.logging, managed=configuration.max_concurrency is not None),
    }
    if configuration.runtime.startswith("python"):
        variables |= {
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration.runtime}",
            # Not Lambda's, but with its effect: packages in the user's home do not exist there, and /var/task
            # and /opt are read-only, so that no __pycache__ appears.
            "PYTHONNOUSERSITE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    elif configuration.runtime.startswith("nodejs"):
        variables["AWS_EXECUTION_ENV"] = f"AWS_Lambda_{configuration.runtime}"
    return variables


def _initialization(max_concurrency: int | None) -> dict[str, str]:
    if max_concurrency is None:
        return {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
    return {
        "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances",
        "AWS_LAMBDA_MAX_CONCURRENCY": str(max_concurrency),
    }


def _logging(logging: Logging, *, managed: bool) -> dict[str, str]:
    """Return what tells a runtime its LoggingConfig; on managed instances the format is JSON.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html: in JSON format the
    level is INFO unless another is configured; in text format there is none.
    """
    log_format = "JSON" if managed else logging.log_format
    if log_format is None:
        return {}
    variables = {"AWS_LAMBDA_LOG_FORMAT": log_format}
    if log_format == "JSON":
        variables["AWS_LAMBDA_LOG_LEVEL"] = logging.level or "INFO"
    return variables
