"""The arguments of the commands, and their help."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from local_lambda import __version__
from local_lambda.model.credentials import DEFAULT_CREDENTIALS

USAGE_ERROR = 2
_INSTALLED = "streaming-local-lambda"
# ./scripts/local and its like say here how the user has called them.
_CALLED = "_LOCAL_LAMBDA_CALLED"

_START_EXAMPLES = """
examples:
  {called}                  the template of this folder; its first URL is at port 3001
  {called} -t other/template.yaml --port 4000
  {called} --parameter-overrides Table=test --env-vars env.json
  {called} --debug 5678     functions stop at your breakpoints
"""
_INVOKE_EXAMPLES = """
examples:
  {called}                  the template's only function, with the event {{}}
  {called} CounterFunction -e events/counter.json
  echo '{{"rawPath": "/"}}' | {called} CounterFunction -e - -v
"""
_PRECOMPILE_EXAMPLES = """
Run it between `sam build` and `sam deploy`: sam installs packages without compiled code, and Lambda keeps
none, so each cold start compiles them anew. What has been compiled is left as it is, and the same sources
become the same bytes. Without this, what is deployed works all the same.

examples:
  sam build && {called} && sam deploy
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Write one sentence instead of argparse's usage and message."""
        self.exit(USAGE_ERROR, f"{self.prog}: {message} (see --help).\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End in silence when whoever read the help has left (`--help | head`)."""
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more
        super().exit(status, message)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def _get_help_string(self, action: argparse.Action) -> str | None:
        """Show a default where there is one."""
        if action.default in (None, False, [], argparse.SUPPRESS):
            return action.help
        return f"{action.help} (default: %(default)s)"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; ends the process when they are wrong, or ask for help."""
    parser = _Parser(prog=_program(), description="A local AWS Lambda that streams.", allow_abbrev=False)
    _add_version(parser)
    commands = parser.add_subparsers(dest="command", required=True, metavar="start|invoke|precompile")
    start = _command(commands, "start", "serve a SAM template on 127.0.0.1, until Ctrl-C", _START_EXAMPLES)
    _add_running(start)
    _add_start(start)
    description = "invoke a function once; its response goes to standard output"
    invoke = _command(commands, "invoke", description, _INVOKE_EXAMPLES)
    _add_running(invoke)
    _add_invoke(invoke)
    description = "compile what `sam build` has built, each function for its own Python"
    precompile = _command(commands, "precompile", description, _PRECOMPILE_EXAMPLES)
    # What reading a template asks for, too.
    precompile.set_defaults(env_vars=None, layer=[], log_format="text")
    return parser.parse_args(argv)


def _program() -> str:
    """Return what the user has called: the installed command, or the module."""
    name = Path(sys.argv[0]).name
    return name if name == _INSTALLED else "python -m local_lambda"


def _command(
    commands: "argparse._SubParsersAction[_Parser]", name: str, description: str, examples: str
) -> argparse.ArgumentParser:
    called = os.environ.get(_CALLED) or f"{_program()} {name}"
    command = commands.add_parser(
        name,
        prog=called,
        help=description,
        description=f"{description[0].upper()}{description[1:]}.",
        epilog=examples.format(called=called),
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    _add_version(command)
    _add_template(command)
    return command


def _add_version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", action="version", version=f"local_lambda {__version__}")


def _add_template(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-t",
        "--template",
        "--template-file",
        type=Path,
        metavar="FILE",
        help="the SAM template, by default template.yaml, .yml or .json of this folder; its `sam build` "
        "output is what counts when there is one",
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


def _add_running(command: argparse.ArgumentParser) -> None:
    """Add what commands that run functions share."""
    command.add_argument(
        "--build", action="store_true", help="run `sam build` first, when anything has changed since the last"
    )
    command.add_argument(
        "--env-vars",
        type=Path,
        metavar="FILE",
        help="JSON with values for environment variables, by function, or for all functions under Parameters",
    )
    command.add_argument(
        "--layer",
        action="append",
        default=[],
        metavar="ARN=FOLDER|ZIP|PACKAGE",
        help="local content of a layer that the template names by ARN, which may be its name alone; "
        "also in local-layers.json beside the template",
    )
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
