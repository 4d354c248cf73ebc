"""Where the exec wrapper starts: run the runtime, from compiled code if the layer has it.

Lambda keeps no byte code between cold starts, and `sam build` leaves `__pycache__` out: compiling this
package anew would take longer than all the rest of its start. `scripts/compile-layer` makes compiled code,
for one version of Python; it is used only while it is that of these very sources. This file is always
compiled: keep it short.
"""

import _imp
import marshal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

PACKAGE = __file__.rpartition("/")[0]


def compiled_modules() -> "dict[str, CodeType] | None":
    """Return the code of each file of this package, by its name; nothing unless all of it is current."""
    try:
        with open(f"{PACKAGE}/compiled/{sys.implementation.cache_tag}.bin", "rb") as file:
            # Code of another version must not even be read: that can crash an interpreter.
            if file.read(4) != sys.modules["_frozen_importlib_external"].MAGIC_NUMBER:
                return None
            modules = marshal.loads(file.read())
        for name, (source_hash, _) in modules.items():
            with open(f"{PACKAGE}/{name}.py", "rb") as file:
                if _imp.source_hash(0, file.read()) != source_hash:
                    return None
    except OSError:
        return None
    return {name: code for name, (_, code) in modules.items()}


sys.path.insert(0, PACKAGE.rpartition("/")[0])
if modules := compiled_modules():
    installer: "dict[str, Any]" = {}
    exec(modules["compiled_modules"], installer)
    installer["install"](modules, PACKAGE)

from lambda_streaming.runtime_loop import main  # noqa: E402 - the importer comes first

sys.exit(main())
