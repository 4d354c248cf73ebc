"""`python -m local_lambda`, and `streaming-local-lambda` where it is installed."""

import gc
import sys

gc.disable()  # until a command has loaded the template: SAM CLI's modules stay, and are many

from local_lambda.cli.main import main  # noqa: E402 - after that


def run() -> int:
    """Run the command of the process's own arguments."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
