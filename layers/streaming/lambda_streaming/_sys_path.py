"""Where Python looks for modules: as the managed runtime sets it up, which this runtime stands in for."""

from __future__ import annotations

import os
import site
import sys

_PACKAGES = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


def set_up(package_parent: str) -> None:
    """Put the function's code, the layers, Lambda's own packages on sys.path.

    The order is the managed runtime's: the task root; the layers; the interpreter's site-packages; the
    runtime's directory with boto3; the standard library. `.pth` files work as there. ``package_parent`` is
    where this package is: /opt/python, the task root or site-packages.
    """
    task_root = _task_root()
    runtime_dir = os.environ.get("LAMBDA_RUNTIME_DIR")
    layers = _layers(package_parent, task_root)
    if package_parent in sys.path:
        sys.path.remove(package_parent)
    ahead: list[str] = []
    if "PYTHONPATH" not in os.environ:
        ahead = [*layers, f"{sys.prefix}/{_PACKAGES}"]
    sys.path[:0] = [task_root, *ahead, *([runtime_dir] if runtime_dir else [])]
    _make_site_directories([task_root, *layers])


def complete(package_parent: str) -> None:
    """Do what is left of it where the managed runtime had come to a `.pth` file in ``package_parent``.

    Whatever it would have done after that file: the directories before have been seen to.
    """
    task_root = _task_root()
    directories = [task_root, *_layers(package_parent, task_root)]
    if package_parent in directories:
        directories = directories[directories.index(package_parent) + 1 :]
    _make_site_directories(directories)


def _task_root() -> str:
    return os.environ.get("LAMBDA_TASK_ROOT", os.curdir)


def _layers(package_parent: str, task_root: str) -> list[str]:
    """Return the layers' directories, of which ``package_parent`` is one if the package is in a layer."""
    opt_python = package_parent
    if package_parent in (task_root, f"{sys.prefix}/{_PACKAGES}"):
        opt_python = f"{os.environ.get('LAMBDA_LAYERS_DIR', '/opt')}/python"  # AWS has no such variable
    return [f"{opt_python}/{_PACKAGES}", opt_python]


def _make_site_directories(directories: list[str]) -> None:
    for directory in directories:
        if os.path.isdir(directory):  # noqa: PTH112 - pathlib costs a cold start milliseconds
            site.addsitedir(directory)
    if runtime_dir := os.environ.get("LAMBDA_RUNTIME_DIR"):
        os.environ["PYTHONPATH"] = runtime_dir  # for the processes a function starts
