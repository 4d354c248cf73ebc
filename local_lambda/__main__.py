"""`python -m local_lambda`, and `streaming-local-lambda` where it is installed."""

import sys

from local_lambda.cli.main import main


def run() -> int:
    """Run the command of the process's own arguments."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
