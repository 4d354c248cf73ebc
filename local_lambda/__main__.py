"""`python -m local_lambda start`."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from local_lambda.configuration import ConfigurationError
from local_lambda.log import Terminal
from local_lambda.start import start

_USAGE_ERROR = 2
# For an output that is read slowly, or not at all.
_LAST_LINES_SECONDS = 0.5


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of argparse's usage and message."""
        self.exit(_USAGE_ERROR, f"{self.prog}: {message} (see --help).\n")


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="local_lambda", description="A local AWS Lambda that streams.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="start")
    command = commands.add_parser(
        "start",
        help="serve the function URLs and REST APIs of a SAM template",
        description="Serve the function URLs and REST APIs of a SAM template on 127.0.0.1, until Ctrl-C.",
        allow_abbrev=False,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    command.add_argument(
        "--port",
        type=int,
        default=3000,
        help="the Lambda API's port; function URLs and REST APIs follow it",
    )
    command.add_argument(
        "--template",
        type=Path,
        default=Path("template.yaml"),
        help="the SAM template; what `sam build` made of it is served when it is there",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """Run a command; returns the exit status."""
    arguments = _arguments(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a function may log what the terminal cannot show
    terminal = Terminal(sys.stdout)
    try:
        start(arguments.template, arguments.port, terminal, os.environ)
    except ConfigurationError as error:
        sys.stderr.write(f"local_lambda: {error}\n")
        return _USAGE_ERROR
    except KeyboardInterrupt:
        pass  # before the signal handlers were there
    finally:
        terminal.close(_LAST_LINES_SECONDS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
