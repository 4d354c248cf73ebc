"""Load a module of the standard library when it is needed, whatever the function calls modules of its own.

The function's folder is the first that Python searches. The managed runtime imports all it needs at its start
and so finds the standard library's `traceback` all the same.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_FOLDER = os.__file__.rpartition("/")[0]
_SEARCHED = [_FOLDER, f"{_FOLDER}/lib-dynload"]


def load(name: str) -> ModuleType:
    """Return the standard library's module ``name``, importing it if need be.

    What it imports in turn may be the function's, and raise anything.
    """
    module = sys.modules.get(name)
    if module is not None and _is_standard(getattr(module, "__spec__", None)):
        return module
    spec = sys.modules["_frozen_importlib_external"].PathFinder.find_spec(name, _SEARCHED)
    if spec is None:  # built in, or frozen
        return __import__(name)
    made: ModuleType = sys.modules["_frozen_importlib"].module_from_spec(spec)
    sys.modules.setdefault(name, made)
    spec.loader.exec_module(made)
    return made


def _is_standard(spec: ModuleSpec | None) -> bool:
    origin = spec.origin if spec is not None else None
    if origin is None or not origin.startswith(_FOLDER):
        return origin in ("built-in", "frozen")
    return not origin.startswith(f"{_FOLDER}/site-packages")
