"""Names the Python that a package was compiled for, where it is why an import fails.

A copy of this file runs in a function's process before anything of the function, when that runs on another
Python than it declares; it knows nothing of local_lambda.
"""

import os
import re
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_PLACES = ("LAMBDA_TASK_ROOT", "LAMBDA_LAYERS_DIR")


class CompiledForAnother(MetaPathFinder):
    """Finds what Python's own finder does, but no module that is there for another Python."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module. Raises ModuleNotFoundError when it is there for another Python only."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:  # nothing, or a folder of its name without __init__.py
            _check(name, sys.path if path is None else path)
        return spec


def _check(name: str, path: Sequence[str]) -> None:
    module = name.rpartition(".")[2]
    form = re.compile(rf"{re.escape(module)}\.cpython-(?P<major>\d)(?P<minor>\d+)[^.]*\.so", re.ASCII)
    for directory in filter(_is_function_s, path):
        for entry in _entries(directory):
            if found := form.fullmatch(entry):
                # Without its name: `from package import module` would swallow it.
                raise ModuleNotFoundError(
                    f"No module named {name!r}: {entry} is compiled for Python {found['major']}."
                    f"{found['minor']}, this is Python {sys.version_info.major}.{sys.version_info.minor}"
                )


def _is_function_s(directory: str) -> bool:
    """Return whether it is the function's or a layer's: what Lambda ships is ours to know."""
    roots = [os.environ[name] for name in _PLACES if name in os.environ]
    return any(Path(directory).is_relative_to(root) for root in roots)


def _entries(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208
    except OSError:
        return []


sys.meta_path.insert(sys.meta_path.index(PathFinder), CompiledForAnother())
