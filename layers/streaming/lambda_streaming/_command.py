"""`python -m lambda_streaming wrapper`: what the package does where it is not started by Lambda."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_USAGE = """Usage: python -m lambda_streaming wrapper > src/streaming-bootstrap
       chmod +x src/streaming-bootstrap

Prints the exec wrapper, for the folder of a function that has lambda-streaming among its requirements:
AWS_LAMBDA_EXEC_WRAPPER=/var/task/streaming-bootstrap then starts the streaming runtime.
"""


def run(arguments: Sequence[str], missing: Sequence[str]) -> int:
    """Do what ``arguments`` say; return the exit status. ``missing`` are variables that Lambda would set."""
    if arguments == ["wrapper"]:
        sys.stdout.write(wrapper())
        return 0
    if arguments == ["--version"]:
        from lambda_streaming import __version__

        sys.stdout.write(f"lambda-streaming {__version__}\n")
        return 0
    if arguments in (["-h"], ["--help"]):
        sys.stdout.write(_USAGE)
        return 0
    sys.stderr.write(f"lambda_streaming runs inside AWS Lambda: {' and '.join(missing)} not set\n{_USAGE}")
    return 1


def wrapper() -> str:
    """Return the text of the exec wrapper, which lies in the package, or beside it in a layer."""
    package = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    for directory in (package, os.path.dirname(package)):  # noqa: PTH120
        path = os.path.join(directory, "streaming-bootstrap")  # noqa: PTH118
        if os.path.exists(path):  # noqa: PTH110
            with open(path, encoding="utf-8") as file:
                return file.read()
    raise SystemExit(f"lambda_streaming: {package} has no streaming-bootstrap: install the package again")
