"""Set `logging` up when the function imports it: importing it here would cost each cold start milliseconds.

A function that never logs never pays for it; one that does finds the root logger as Lambda's documentation
has it. The hook is a finder as `importlib` describes them, and is gone once it has been used.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType


def install() -> None:
    """Set `logging` up, at once if it has been imported, else as soon as it is."""
    if "logging" in sys.modules:
        _set_up()
    else:
        sys.meta_path.insert(0, _Finder())


def _set_up() -> None:
    from lambda_streaming import _logging_root

    _logging_root.set_up()


class _Finder:
    """Finds `logging` where the other finders find it, and wraps its loader."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "logging":
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Loader(spec.loader, self)  # type: ignore[assignment]
                return spec
        return None


class _Loader:
    """Loads `logging` by ``loader``, takes the hook away, and sets logging up."""

    def __init__(self, loader: Loader, hook: _Finder) -> None:
        self._loader = loader
        self._hook = hook

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if self._hook in sys.meta_path:
            sys.meta_path.remove(self._hook)
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        _set_up()
