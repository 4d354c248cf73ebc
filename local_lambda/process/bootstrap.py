"""Starts awslambdaric as the /var/runtime/bootstrap.py of the managed images does.

A copy of this file runs in the function's process: it knows nothing of local_lambda. The order of sys.path is
that of the images: the function, the layers, /var/runtime; directories of layers may hold .pth files.
"""

import importlib
import importlib.util
import os
import site
import sys
from pathlib import Path
from types import ModuleType

# The name that it has in the images' bootstrap.py, by which Sentry's integration finds it.
awslambdaricmain: ModuleType


def _layer_paths(opt: str) -> list[str]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [f"{opt}/python/lib/{version}/site-packages", f"{opt}/python"]


def _run_where_awslambdaric_can() -> None:
    """Restart on the local Lambda's own Python if this is another one.

    That happens when an exec wrapper or LAMBDA_STREAMING leaves the function to the managed loop after all:
    awslambdaric's C extension is installed for one version only.
    """
    [python] = Path(os.environ["LAMBDA_RUNTIME_DIR"], ".python", "bin").iterdir()
    sys.stderr.write(f"[local_lambda] awslambdaric is there for {python.name} only: continuing with that\n")
    os.execv(python, [str(python), __file__])


def main() -> None:
    """Set up the path, then serve invocations for ever."""
    global awslambdaricmain
    is_there = importlib.util.find_spec("runtime_client") is not None
    if is_there:  # before the function's own path counts
        awslambdaricmain = importlib.import_module("awslambdaric.__main__")
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    layers = [] if "PYTHONPATH" in os.environ else _layer_paths(os.environ["LAMBDA_LAYERS_DIR"])
    # /var/runtime follows: it is the directory of this script.
    sys.path[:0] = [task_root, *layers]
    for path in filter(os.path.isdir, [task_root, *layers]):
        site.addsitedir(path)  # the package lambda-streaming takes over from here
    if not is_there:
        _run_where_awslambdaric_can()
    os.environ["PYTHONPATH"] = os.environ["LAMBDA_RUNTIME_DIR"]

    awslambdaricmain.main([task_root, os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
