"""Import this package from code that `scripts/compile-layer` has compiled (see __main__.py).

One file is read in the place of two dozen, and none is looked for along sys.path.
"""

import _imp
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any
else:
    ModuleSpec = type(sys.__spec__)

_NAME = "lambda_streaming"


def install(modules: "Mapping[str, CodeType]", directory: str) -> None:
    """Have the package in ``directory`` imported from ``modules``, keyed by file name without its `.py`."""
    sys.meta_path.insert(0, CompiledModules(modules, directory))


class CompiledModules:
    """A finder and loader, as importlib describes them, of this package's modules."""

    def __init__(self, modules: "Mapping[str, CodeType]", directory: str) -> None:
        self._modules = modules
        self._directory = directory

    def find_spec(self, name: str, *_path_and_target: object) -> "ModuleSpec | None":
        """Return the spec of a module that there is compiled code of."""
        package, _, file = name.rpartition(".")
        if name == _NAME:
            file = "__init__"
        elif package != _NAME:
            return None
        if file not in self._modules:
            return None
        loader: Any = self
        spec = ModuleSpec(name, loader, origin=f"{self._directory}/{file}.py", is_package=name == _NAME)
        spec.has_location = True
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(self._directory)
        spec.loader_state = self._modules[file]
        return spec

    def create_module(self, spec: "ModuleSpec") -> None:
        """Leave the creation of the module to importlib."""

    def exec_module(self, module: "ModuleType") -> None:
        """Run the module's code, under the name of the file that it is the code of."""
        spec = module.__spec__
        assert spec is not None
        _imp._fix_co_filename(spec.loader_state, spec.origin)  # type: ignore[attr-defined]
        exec(spec.loader_state, module.__dict__)
