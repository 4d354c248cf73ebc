"""Where the exec wrapper starts: run the runtime.

This file is compiled anew at every start, for it is a script: keep it short.
"""

import gc
import sys

gc.disable()  # until the handler is loaded: what is imported stays

sys.path.insert(0, __file__.rpartition("/lambda_streaming/")[0])

from lambda_streaming._main import main  # noqa: E402 - it is found now


def __getattr__(name: str) -> object:
    """Sentry looks here for awslambdaric: who does not ask for it does not pay for it."""
    if name != "awslambdaricmain":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lambda_streaming import _awslambdaric

    return _awslambdaric


if __name__ == "__main__":  # a process that multiprocessing spawns runs this file by another name
    sys.exit(main())
