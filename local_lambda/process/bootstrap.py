"""Starts awslambdaric as the /var/runtime/bootstrap.py of the managed images does.

A copy of this file runs in the function's process: it knows nothing of local_lambda. The order of sys.path is
that of the images: the function, the layers, /var/runtime; directories of layers may hold .pth files.
"""

import importlib
import os
import site
import sys
from types import ModuleType

# The name that it has in the images' bootstrap.py, by which Sentry's integration finds it.
awslambdaricmain: ModuleType


def _layer_paths(opt: str) -> list[str]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [f"{opt}/python/lib/{version}/site-packages", f"{opt}/python"]


def main() -> None:
    """Set up the path, then serve invocations for ever."""
    global awslambdaricmain
    awslambdaricmain = importlib.import_module(
        "awslambdaric.__main__"
    )  # before the function's own path counts
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    layers = [] if "PYTHONPATH" in os.environ else _layer_paths(os.environ["LAMBDA_LAYERS_DIR"])
    # /var/runtime follows: it is the directory of this script.
    sys.path[:0] = [task_root, *layers]
    for path in filter(os.path.isdir, [task_root, *layers]):
        site.addsitedir(path)  # the package lambda-streaming takes over from here
    os.environ["PYTHONPATH"] = os.environ["LAMBDA_RUNTIME_DIR"]

    awslambdaricmain.main([task_root, os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
