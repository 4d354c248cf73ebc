"""Runs the command that the user has given."""

import logging
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from local_lambda.cli.arguments import USAGE_ERROR, parse
from local_lambda.cli.invoke import SIGNALLED, invoke, read_event
from local_lambda.cli.load import find_template
from local_lambda.cli.precompile import precompile_build
from local_lambda.cli.start import start
from local_lambda.log.descriptor import open_standard_descriptors, raise_limit
from local_lambda.log.terminal import Terminal
from local_lambda.model.credentials import pair, profiles
from local_lambda.model.function import ConfigurationError, SamOptions
from local_lambda.model.limits import LIMITS, NO_LIMITS
from local_lambda.model.settings import Settings

# For an output that is read slowly, or not at all.
_LAST_LINES_SECONDS = 0.5


def main(argv: Sequence[str]) -> int:
    """Run a command; return the exit status."""
    open_standard_descriptors()
    raise_limit()
    _silence_sam()
    arguments = parse(argv)
    descriptor, file = (2, sys.stderr) if arguments.command == "invoke" else (1, sys.stdout)
    encoding = file.encoding if file else "utf-8"
    terminal = Terminal(descriptor, encoding, as_json=arguments.log_format == "json")
    try:
        return _run(arguments, terminal, os.environ)
    except ConfigurationError as error:
        sys.stderr.write(f"local_lambda: {error}\n")
        return USAGE_ERROR
    except KeyboardInterrupt:  # before the signal handlers were there
        return 0 if arguments.command == "start" else SIGNALLED + signal.SIGINT
    finally:
        terminal.close(_LAST_LINES_SECONDS)


def _silence_sam() -> None:
    """Keep from the terminal what SAM CLI logs of an invalid template: our sentence says it."""
    for name in ("samcli", "samtranslator", "aws_lambda_builders"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def _run(arguments: Namespace, terminal: Terminal, environ: Mapping[str, str]) -> int:
    path = find_template(arguments.template)
    command = {"start": "start-api"}.get(arguments.command, arguments.command)
    options = SamOptions(
        parameter_overrides=arguments.parameter_overrides,
        env_vars=arguments.env_vars,
        config_file=arguments.config_file,
        config_env=arguments.config_env,
        layers=arguments.layer,
        command=command,
    )
    if arguments.command == "precompile":
        precompile_build(path, options, terminal.line)
        return 0
    if arguments.command == "start":
        settings = _settings(arguments)
        start(path, options, arguments.port, terminal, environ, settings, build_first=arguments.build)
        return 0
    return invoke(
        path,
        options,
        arguments.function,
        read_event(arguments.event),
        terminal,
        environ,
        Settings(debug_port=arguments.debug),
        build_first=arguments.build,
        verbose=arguments.verbose,
    )


def _settings(arguments: Namespace) -> Settings:
    limits = NO_LIMITS if arguments.no_limits else LIMITS
    settings = Settings(limits, host=arguments.host, debug_port=arguments.debug)
    if arguments.credentials is None:
        return settings
    file = Path(arguments.credentials)
    try:
        known = profiles(file.read_text()) if file.is_file() else [pair(arguments.credentials)]
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"--credentials {file} cannot be read.") from error
    return replace(settings, credentials=known)
