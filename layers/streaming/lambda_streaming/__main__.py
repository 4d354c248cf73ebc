"""Where the exec wrapper starts: run the runtime, from compiled code if the layer has it.

Lambda keeps no byte code between cold starts, and `sam build` leaves `__pycache__` out: compiling this
package anew would take longer than all the rest of its start. `scripts/compile-layer` makes compiled code,
for one version of Python. This file is always compiled: keep it short.
"""

import marshal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PACKAGE = __file__.rpartition("/")[0]


def use_compiled() -> None:
    """Have this package imported from its compiled code for this version of Python, if there is any."""
    try:
        with open(f"{PACKAGE}/compiled/{sys.implementation.cache_tag}.bin", "rb") as file:
            # Code of another version must not even be read: that can crash an interpreter.
            if file.read(4) != sys.modules["_frozen_importlib_external"].MAGIC_NUMBER:
                return
            modules = marshal.loads(file.read())
        importer: dict[str, Any] = {}
        exec(marshal.loads(modules["compiled_modules"][1]), importer)
        importer["install"](modules, PACKAGE)
    except (OSError, EOFError, TypeError, ValueError, LookupError):
        return  # not there, or not what compile-layer has written: the sources are


sys.path.insert(0, PACKAGE.rpartition("/")[0])
use_compiled()

from lambda_streaming.runtime_loop import main  # noqa: E402 - the importer comes first

sys.exit(main())
