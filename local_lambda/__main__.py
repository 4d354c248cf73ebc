"""`python -m local_lambda`."""

import sys

from local_lambda.cli.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
