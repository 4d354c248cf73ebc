"""Where Python looks for modules: as the managed runtime sets it up, which this runtime stands in for."""

from __future__ import annotations

import os
import site
import sys


def set_up(opt_python: str) -> None:
    """Put the function's code, the layers, Lambda's own packages on sys.path; ``opt_python`` = /opt/python.

    The order is the managed runtime's: the task root; the layers; the interpreter's site-packages; the
    runtime's directory with boto3; the standard library. `.pth` files work as there.
    """
    task_root = os.environ.get("LAMBDA_TASK_ROOT", os.curdir)
    runtime_dir = os.environ.get("LAMBDA_RUNTIME_DIR")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    layers = [f"{opt_python}/lib/{version}/site-packages", opt_python]
    if opt_python in sys.path:
        sys.path.remove(opt_python)
    ahead: list[str] = []
    if "PYTHONPATH" not in os.environ:
        ahead = [*layers, f"{sys.prefix}/lib/{version}/site-packages"]
    sys.path[:0] = [task_root, *ahead, *([runtime_dir] if runtime_dir else [])]
    for directory in (task_root, *layers):
        if os.path.isdir(directory):  # noqa: PTH112 - pathlib costs a cold start milliseconds
            site.addsitedir(directory)
    if runtime_dir:
        os.environ["PYTHONPATH"] = runtime_dir  # for the processes a function starts
