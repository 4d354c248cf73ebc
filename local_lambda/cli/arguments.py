"""`python -m local_lambda start` and `python -m local_lambda invoke`."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from local_lambda.cli.invoke import SIGNALLED, invoke, read_event
from local_lambda.cli.start import start
from local_lambda.log.descriptor import open_standard_descriptors
from local_lambda.log.terminal import Terminal
from local_lambda.model.credentials import DEFAULT_CREDENTIALS, pair, profiles
from local_lambda.model.function import ConfigurationError, SamOptions
from local_lambda.model.limits import LIMITS, NO_LIMITS
from local_lambda.model.settings import Settings
from local_lambda.sam.template import read_template

_USAGE_ERROR = 2
# For an output that is read slowly, or not at all.
_LAST_LINES_SECONDS = 0.5


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Write one sentence instead of argparse's usage and message."""
        self.exit(_USAGE_ERROR, f"{self.prog}: {message} (see --help).\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End in silence when whoever read the help has left (`--help | head`)."""
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more
        super().exit(status, message)


class _Formatter(argparse.HelpFormatter):
    def _get_help_string(self, action: argparse.Action) -> str | None:
        """Show a default where there is one."""
        if action.default in (None, False, [], argparse.SUPPRESS):
            return action.help
        return f"{action.help} (default: %(default)s)"


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="local_lambda", description="A local AWS Lambda that streams.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="start|invoke")
    _add_start(_command(commands, "start", "serve a SAM template on 127.0.0.1, until Ctrl-C"))
    _add_invoke(_command(commands, "invoke", "invoke a function once; its response goes to standard output"))
    return parser.parse_args(argv)


def _command(
    commands: "argparse._SubParsersAction[_Parser]", name: str, description: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=description,
        description=f"{description[0].upper()}{description[1:]}.",
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    _add_common(command)
    return command


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--template",
        type=Path,
        default=Path("template.yaml"),
        help="the SAM template; its `sam build` output is served when there is one",
    )
    command.add_argument(
        "--env-vars",
        type=Path,
        metavar="FILE",
        help="JSON with values for environment variables, by function, or for all functions under Parameters",
    )
    command.add_argument(
        "--parameter-overrides",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="values of the template's parameters; also ParameterKey=KEY,ParameterValue=VALUE",
    )
    command.add_argument(
        "--config-file", type=Path, metavar="FILE", help="instead of the template's samconfig.toml"
    )
    command.add_argument("--config-env", metavar="NAME", help="the environment of samconfig.toml to read")
    command.add_argument(
        "--debug",
        type=int,
        metavar="PORT",
        help="start each Python function under debugpy; the first waits for a debugger at this port",
    )
    command.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="json is for machines"
    )


def _add_start(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen at; 0.0.0.0 lets the whole network in"
    )
    command.add_argument(
        "--port",
        type=int,
        default=3000,
        help="the Lambda API's port; function URLs and REST APIs follow it",
    )
    command.add_argument(
        "--credentials",
        metavar="FILE|ACCESS:SECRET",
        help="who may sign requests to URLs of AuthType AWS_IAM: an AWS credentials file or a pair "
        f"(default: {DEFAULT_CREDENTIALS.access_key}:{DEFAULT_CREDENTIALS.secret_key})",
    )
    command.add_argument(
        "--no-limits",
        action="store_true",
        help="turn off Lambda's limits on sizes, bandwidth, concurrency and time",
    )


def _add_invoke(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "function", nargs="?", help="its logical id or its name; optional when there is only one"
    )
    command.add_argument("-e", "--event", metavar="FILE", help="the event's JSON, - reads standard input")
    command.add_argument("-v", "--verbose", action="store_true", help="also show the status and the headers")


def main(argv: Sequence[str]) -> int:
    """Run a command; return the exit status."""
    open_standard_descriptors()
    arguments = _arguments(argv)
    descriptor, file = (1, sys.stdout) if arguments.command == "start" else (2, sys.stderr)
    encoding = file.encoding if file else "utf-8"
    terminal = Terminal(descriptor, encoding, as_json=arguments.log_format == "json")
    try:
        return _run(arguments, terminal)
    except ConfigurationError as error:
        sys.stderr.write(f"local_lambda: {error}\n")
        return _USAGE_ERROR
    except KeyboardInterrupt:  # before the signal handlers were there
        return 0 if arguments.command == "start" else SIGNALLED + signal.SIGINT
    finally:
        terminal.close(_LAST_LINES_SECONDS)


def _run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    command = {"start": "start-api"}.get(arguments.command, arguments.command)
    options = SamOptions(
        parameter_overrides=arguments.parameter_overrides,
        env_vars=arguments.env_vars,
        config_file=arguments.config_file,
        config_env=arguments.config_env,
        command=command,
    )
    if arguments.command == "start":
        start(arguments.template, options, arguments.port, terminal, os.environ, _settings(arguments))
        return 0
    event = read_event(arguments.event)
    template = read_template(arguments.template, options)
    return invoke(
        template,
        arguments.function,
        event,
        terminal,
        os.environ,
        Settings(debug_port=arguments.debug),
        verbose=arguments.verbose,
    )


def _settings(arguments: argparse.Namespace) -> Settings:
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
