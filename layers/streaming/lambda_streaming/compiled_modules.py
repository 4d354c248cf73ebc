"""Import this package from code that `scripts/compile-layer` has compiled (see __main__.py).

One file is read in the place of two dozen compiled ones, and none is looked for along sys.path. Compiled code
is used only while it is that of the source beside it: of a module whose source has changed, it is the source.
"""

import _imp
import marshal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    Compiled = Mapping[str, tuple[bytes, bytes]]  # by file name without .py: hash of the source, code
else:
    ModuleSpec = type(sys.__spec__)

_NAME = "lambda_streaming"


def install(modules: "Compiled", directory: str) -> None:
    """Have the package in ``directory`` imported from ``modules``."""
    sys.meta_path.insert(0, CompiledModules(modules, directory))


class CompiledModules:
    """A finder and loader, as importlib describes them, of this package's modules."""

    def __init__(self, modules: "Compiled", directory: str) -> None:
        self._modules = modules
        self._directory = directory

    def find_spec(self, name: str, *_path_and_target: object) -> "ModuleSpec | None":
        """Return the spec of a module that there is current compiled code of."""
        package, _, file = name.rpartition(".")
        if name == _NAME:
            file = "__init__"
        elif package != _NAME:
            return None
        source = f"{self._directory}/{file}.py"
        if file not in self._modules or self._modules[file][0] != _source_hash(source):
            return None
        loader: Any = self
        spec = ModuleSpec(name, loader, origin=source, is_package=name == _NAME)
        spec.has_location = True
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(self._directory)
        spec.loader_state = self._modules[file][1]
        return spec

    def create_module(self, spec: "ModuleSpec") -> None:
        """Leave the creation of the module to importlib."""

    def exec_module(self, module: "ModuleType") -> None:
        """Run the module's code, under the name of the file that it is the code of."""
        spec = module.__spec__
        assert spec is not None
        code = marshal.loads(spec.loader_state)
        _imp._fix_co_filename(code, spec.origin)  # type: ignore[attr-defined]
        exec(code, module.__dict__)


def _source_hash(file: str) -> bytes:
    with open(file, "rb") as source:
        return _imp.source_hash(0, source.read())
